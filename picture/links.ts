// What flows or is allowed between two nodes, from the references of their resources.

import { httpApiType, restApiType } from "../graph/openapi";
import type { Graph, Resource } from "../graph/resource";
import { apiLinks } from "./api-links";
import type { Naming } from "./naming";
import type { Part } from "./owners";
import { grantsOf } from "./grants";

export interface Link<T> {
  readonly from: T;
  readonly to: T;
  readonly label: string;
  /** True of what is the same for most nodes, such as encryption: known, but not drawn. */
  readonly minor: boolean;
}

interface Meaning {
  readonly label: string;
  /** Whether it goes from what is named to what names it. */
  readonly back?: true;
  readonly minor?: true;
}

const functionType = "aws:lambda/function:Function";
const topicType = "aws:sns/topic:Topic";

/** By type and input. An input that is in no row says that it uses what it names, unless a row or a policy says more of the two nodes. */
const meanings: Readonly<Record<string, Meaning>> = {
  "aws:apigateway/basePathMapping:BasePathMapping restApi": { label: "maps to" },
  "aws:apigatewayv2/apiMapping:ApiMapping apiId": { label: "maps to" },
  "aws:apigatewayv2/domainName:DomainName mutualTlsAuthentication": { label: "trusts" },
  "aws:apigateway/domainName:DomainName mutualTlsAuthentication": { label: "trusts" },
  "aws:apigateway/usagePlan:UsagePlan apiStages": { label: "limits" },
  "aws:wafv2/webAclAssociation:WebAclAssociation resourceArn": { label: "filters" },
  "aws:lambda/function:Function layers": { label: "loads" },
  "aws:lambda/function:Function vpcConfig": { label: "runs in" },
  "aws:lambda/function:Function s3Bucket": { label: "code", back: true, minor: true },
  "aws:lambda/layerVersion:LayerVersion s3Bucket": { label: "code", back: true, minor: true },
  "aws:cloudwatch/eventRule:EventRule eventPattern": { label: "events", back: true },
  "aws:cloudwatch/metricAlarm:MetricAlarm alarmActions": { label: "alarms" },
  "aws:secretsmanager/secretRotation:SecretRotation rotationLambdaArn": { label: "rotates", back: true },
  "aws:s3/bucketLogging:BucketLogging targetBucket": { label: "logs", minor: true },
  "aws:s3/bucketObjectv2:BucketObjectv2 content": { label: "names", minor: true },
  "aws:secretsmanager/secret:Secret tags": { label: "key of", minor: true },
  "aws:sagemaker/model:Model vpcConfig": { label: "runs in" },
};

/** Types whose every other input means the same. */
const ofType: Readonly<Record<string, Meaning>> = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": { label: "watched by", back: true, minor: true },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": { label: "watched by", back: true, minor: true },
  "aws:cloudwatch/dashboard:Dashboard": { label: "shown by", back: true, minor: true },
  "aws:ec2/vpcEndpoint:VpcEndpoint": { label: "lets through", minor: true },
};

/** Types of who issues tokens. */
const issuers = new Set(["auth0:index/resourceServer:ResourceServer", "aws:cognito/userPool:UserPool"]);

/** Types that say who may use their own node: the other side's policy, permission or document says it too. */
const mirrored = new Set([
  ...[
    "aws:iam/policy:Policy",
    "aws:kms/key:Key",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sns/topicPolicy:TopicPolicy",
  ],
  ...["aws:secretsmanager/secretPolicy:SecretPolicy", "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"],
  ...["aws:apigateway/restApiPolicy:RestApiPolicy", "aws:lambda/permission:Permission"],
]);

/** Links of every reference that crosses from one node to another, in the graph's order; several may join the same two. */
export function linksOf(graph: Graph, naming: Naming, of: ReadonlyMap<string, Part>): Link<Part>[] {
  const strong: Link<Part>[] = [];
  const weak: Link<Part>[] = [];
  const add = (from: Part | undefined, to: Part | undefined, { label, back, minor }: Meaning, into = strong): void => {
    if (from === undefined || to === undefined || from === to) return;
    into.push({ from: back ? to : from, to: back ? from : to, label, minor: minor === true });
  };
  for (const resource of graph.resources) {
    const own = of.get(resource.urn);
    if (resource.type === restApiType || resource.type === httpApiType)
      for (const { target, ...meaning } of apiLinks(resource, naming)) add(own, of.get(target.urn), meaning);
    for (const { action, target } of grantsOf(resource, naming)) add(own, of.get(target.urn), granted(action, target));
    if (mirrored.has(resource.type)) continue;
    for (const { property, target } of naming.of(resource)) {
      const meaning = meaningOf(resource, property, target);
      if (meaning === "uses") add(own, of.get(target.urn), { label: meaning }, weak);
      else if (meaning !== undefined) add(own, of.get(target.urn), meaning);
    }
  }
  const joins = (one: Part, other: Part): boolean => strong.some(({ from, to }) => from === one && to === other);
  return [...strong, ...weak.filter(({ from, to }) => !joins(from, to) && !joins(to, from))];
}

/** What a reference means; `undefined` if something else says it, or if it is a role: what that allows is in its policies. */
function meaningOf({ type }: Resource, property: string, target: Resource): Meaning | "uses" | undefined {
  if (target.type === "aws:iam/role:Role") return undefined;
  if (target.type === "aws:kms/key:Key") return { label: "encrypts", back: true, minor: true };
  if (type === functionType && issuers.has(target.type)) return { label: "tokens", back: true };
  if (type === "aws:iam/rolePolicy:RolePolicy" || type === restApiType || type === httpApiType) return undefined;
  if (type === "aws:cloudwatch/metricAlarm:MetricAlarm" && property === "okActions") return undefined;
  if (type === "aws:cloudwatch/eventTarget:EventTarget" || property === "alarmActions") return acted(property, target);
  return meanings[`${type} ${property}`] ?? ofType[type] ?? "uses";
}

/** What an event rule or an alarm does with what it names; an event's own content is no action. */
function acted(property: string, { type }: Resource): Meaning | undefined {
  if (property !== "arn" && property !== "alarmActions") return undefined;
  if (type === topicType) return { label: "notifies" };
  return type === functionType || type === "aws:lambda/alias:Alias" ? { label: "invokes" } : { label: "starts" };
}

function granted(action: string, target: Resource): Meaning {
  if (target.type === "aws:kms/key:Key") return { label: "encrypts", back: true, minor: true };
  return { label: action, ...(target.type === "aws:cloudwatch/logGroup:LogGroup" ? { minor: true } : {}) };
}
