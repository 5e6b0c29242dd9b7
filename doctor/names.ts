// Checks physical names against each service's limits, so that a deployment does not fail halfway.

import type { Graph, Resource } from "../graph/resource";
import { bad, good, type CheckResult } from "./check-result";

interface Rule {
  /** Input property that holds the physical name. */
  readonly property: string;
  readonly longest: number;
  readonly pattern: RegExp;
  /** Page that documents the limits. */
  readonly source: string;
}

/** By Pulumi type token. */
const rules: Readonly<Record<string, Rule>> = {
  "aws:lambda/function:Function": {
    property: "name",
    longest: 64,
    pattern: /^[\w-]+$/,
    source: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
  },
  "aws:iam/role:Role": {
    property: "name",
    longest: 64,
    pattern: /^[\w+=,.@-]+$/,
    source: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
  },
  "aws:iam/policy:Policy": {
    property: "name",
    longest: 128,
    pattern: /^[\w+=,.@-]+$/,
    source: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html",
  },
  "aws:s3/bucket:Bucket": {
    property: "bucket",
    longest: 63,
    pattern: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/,
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
  },
  "aws:cognito/userPoolDomain:UserPoolDomain": {
    property: "domain",
    longest: 63,
    pattern: /^[a-z0-9](?!.*(aws|amazon|cognito))[a-z0-9-]*[a-z0-9]$/,
    source: "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html",
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    property: "name",
    longest: 512,
    pattern: /^[\w./#-]+$/,
    source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
  },
  "aws:sns/topic:Topic": {
    property: "name",
    longest: 256,
    pattern: /^[\w-]+$/,
    source: "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
  },
  "aws:sagemaker/endpoint:Endpoint": {
    property: "name",
    longest: 63,
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/,
    source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html",
  },
  "aws:sagemaker/pipeline:Pipeline": {
    property: "pipelineName",
    longest: 256,
    pattern: /^[A-Za-z0-9](-*[A-Za-z0-9])*$/,
    source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePipeline.html",
  },
  "gcp:kms/keyRing:KeyRing": {
    property: "name",
    longest: 63,
    pattern: /^[\w-]+$/,
    source: "https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings/create",
  },
};

export function checkNames(graph: Graph): CheckResult[] {
  const checked = graph.resources.flatMap((resource) => {
    const rule = rules[resource.type];
    return rule === undefined ? [] : [{ resource, error: nameError(resource, rule) }];
  });
  const errors = checked.flatMap(({ resource, error }) =>
    error === undefined ? [] : [bad(`name of ${resource.name} (${resource.type}): ${error}`)],
  );
  return errors.length > 0 ? errors : [good(`names: ${checked.length} are valid for their services`)];
}

function nameError({ name, type, inputs }: Resource, { property, longest, pattern, source }: Rule): string | undefined {
  const given = inputs[property];
  const physical = typeof given === "string" ? given : autonamed(type, name);
  if (physical.length > longest) return `${physical.length} characters, and ${longest} are allowed (${source})`;
  return pattern.test(physical) ? undefined : `has characters that are not allowed (${source})`;
}

/**
 * Form of a name that Pulumi generates: the logical name, a hyphen and seven hex digits; in lower case for a bucket.
 * Source: https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
 */
function autonamed(type: string, name: string): string {
  const physical = `${name}-0123abc`;
  return type === "aws:s3/bucket:Bucket" ? physical.toLowerCase() : physical;
}
