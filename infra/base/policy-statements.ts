// Statements and policies of IAM that several components have. That of a VPC endpoint allows what the endpoint's users may do
// anyway, and only with credentials of this account, so that an attacker who takes one over cannot send data out with their own.

import { endpointArn, repositoryPrefix } from "./endpoint-name";
import type { Location } from "./location";

export interface Allowed {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The trust policy of a role that one AWS service assumes. @param condition absent: AWS documents none */
export function serviceTrust(service: string, condition?: Allowed["Condition"]): object {
  const assumed = { Effect: "Allow", Principal: { Service: `${service}.amazonaws.com` }, Action: "sts:AssumeRole" };
  return {
    Version: "2012-10-17",
    Statement: [condition === undefined ? assumed : { ...assumed, Condition: condition }],
  };
}

/** @param statements identity policy statements of those who use the endpoint */
export function endpointPolicy({ account }: Location, statements: readonly Allowed[]): object {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ Condition = {}, ...statement }) => ({
      ...statement,
      Principal: "*",
      Condition: { ...Condition, StringEquals: { ...Condition.StringEquals, "aws:PrincipalAccount": account } },
    })),
  };
}

/**
 * Denies writing to all but the publisher's role: whoever writes a pointer decides what the API responds with, and so does
 * whoever deletes one, because an earlier version or the model that the code ships with is live then. If data is not
 * protected, deletion is allowed, so that `pulumi destroy` can empty the bucket. That only the publisher function uses
 * the role's right is a condition of the role's own policy: a bucket policy cannot require the function.
 * Sources: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (aws:PrincipalArn: of a
 * session, the ARN of its role)
 */
export function onlyPublisherWrites(bucketArn: string, publisherRoleArn: string, protect: boolean): object {
  return {
    Sid: "OnlyThePublisherWrites",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:PutObject", ...(protect ? ["s3:DeleteObject", "s3:DeleteObjectVersion"] : [])],
    Resource: `${bucketArn}/*`,
    Condition: { ArnNotEquals: { "aws:PrincipalArn": publisherRoleArn } },
  };
}

/** What the model function may read of the published models. Its role may already decrypt with the stack's key. */
export function readerStatements(bucketArn: string): Allowed[] {
  return [
    { Sid: "Published", Effect: "Allow", Action: "s3:GetObject", Resource: `${bucketArn}/models/*` },
    // Without it S3 responds with 403 instead of 404 while there is no pointer yet.
    { Sid: "PublishedNames", Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
  ];
}

/** What the model function may do with endpoints: call these, and no others. @param endpoints their names */
export function invokeStatements(location: Location, endpoints: readonly string[]): Allowed[] {
  const arns = endpoints.map((name) => endpointArn(location, name));
  return [{ Sid: "Endpoints", Effect: "Allow", Action: "sagemaker:InvokeEndpoint", Resource: arns }];
}

/** What an endpoint reads: the repositories of these models, and no other object. */
export function repositoryStatements(bucketArn: string, models: readonly string[]): Allowed[] {
  const prefixes = models.map((model) => `${repositoryPrefix(model)}*`);
  return [
    {
      Sid: "Repository",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: prefixes.map((prefix) => `${bucketArn}/${prefix}`),
    },
    {
      Sid: "RepositoryNames",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucketArn,
      Condition: { StringLike: { "s3:prefix": prefixes } },
    },
  ];
}
