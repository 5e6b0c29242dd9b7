// Physical names, given in `check` as Pulumi's providers do: `<logical name>-<7 hex digits>`, kept over updates.
// Source: https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming

import { createHash } from "node:crypto";

interface Naming {
  /** Property that takes the name. */
  readonly property: string;
  readonly prefix?: string;
  /** False: the logical name as it is. */
  readonly random?: boolean;
}

const name: Naming = { property: "name" };

/** Types whose name the provider gives where the program does not. */
export const named: Readonly<Record<string, Naming>> = {
  "aws:apigateway/apiKey:ApiKey": name,
  "aws:apigateway/authorizer:Authorizer": name,
  "aws:apigateway/restApi:RestApi": name,
  "aws:apigateway/usagePlan:UsagePlan": name,
  "aws:apigatewayv2/api:Api": name,
  "aws:apigatewayv2/stage:Stage": name,
  "aws:cloudwatch/eventRule:EventRule": name,
  "aws:cloudwatch/logGroup:LogGroup": name,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": name,
  "aws:cloudwatch/metricAlarm:MetricAlarm": name,
  "aws:cognito/resourceServer:ResourceServer": name,
  "aws:cognito/userPool:UserPool": name,
  "aws:cognito/userPoolClient:UserPoolClient": name,
  "aws:ec2/securityGroup:SecurityGroup": name,
  "aws:iam/policy:Policy": name,
  "aws:iam/role:Role": name,
  "aws:iam/rolePolicy:RolePolicy": name,
  "aws:kms/alias:Alias": { property: "name", prefix: "alias/" },
  "aws:lambda/alias:Alias": name,
  "aws:lambda/function:Function": name,
  "aws:lambda/layerVersion:LayerVersion": { property: "layerName" },
  "aws:lambda/permission:Permission": { property: "statementId" },
  "aws:s3/bucket:Bucket": { property: "bucket" },
  "aws:s3/bucketObjectv2:BucketObjectv2": { property: "key", random: false },
  "aws:scheduler/schedule:Schedule": name,
  "aws:secretsmanager/secret:Secret": name,
  "aws:sns/topic:Topic": name,
  "aws:sqs/queue:Queue": name,
  "aws:wafv2/ipSet:IpSet": name,
  "aws:wafv2/webAcl:WebAcl": name,
  "gcp:kms/cryptoKey:CryptoKey": name,
  "gcp:kms/keyRing:KeyRing": name,
  "auth0:index/client:Client": name,
  "auth0:index/resourceServer:ResourceServer": name,
};

/** Key under which Pulumi's providers note the inputs that they filled in; the engine's displays leave it out. */
const filledIn = "__defaults";

type Inputs = Readonly<Record<string, unknown>>;

/** Inputs with their physical name: the program's, else the one given before, else a new one from the seed. */
export function withName(type: string, logicalName: string, before: Inputs, inputs: Inputs, seed: Uint8Array): Inputs {
  const naming = named[type];
  if (naming === undefined) return inputs;
  const { property, prefix = "", random = true } = naming;
  // With a prefix the provider names it when it is made, not before.
  if (inputs[property] !== undefined || inputs["namePrefix"] !== undefined) return inputs;
  const given = nameIsGiven(type, before)
    ? before[property]
    : `${prefix}${logicalName}${random ? `-${suffix(seed, logicalName)}` : ""}`;
  return { ...inputs, [property]: given, [filledIn]: [property] };
}

/** Whether the provider, not the program, chose the name. */
export function nameIsGiven(type: string, inputs: Inputs): boolean {
  const property = named[type]?.property;
  const list = inputs[filledIn];
  return property !== undefined && Array.isArray(list) && list.includes(property);
}

/** Whether a replacement would meet its own name: the program fixed it, so the old one has to go first. */
export function nameIsTaken(type: string, before: Inputs, after: Inputs): boolean {
  const property = named[type]?.property;
  if (property === undefined || before[property] === undefined || nameIsGiven(type, before)) return false;
  return before[property] === after[property];
}

function suffix(seed: Uint8Array, logicalName: string): string {
  return createHash("sha256").update(seed).update(logicalName).digest("hex").slice(0, 7);
}
