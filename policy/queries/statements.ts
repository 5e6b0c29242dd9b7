// The statements of all policy documents in the graph: of IAM identities, keys, buckets, secrets, queues, APIs etc.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

import type { Resource } from "../../graph/resource";
import { at, list, parse, type Plain, record, text, texts } from "./read";

export interface Statement {
  readonly sid: string;
  readonly allows: boolean;
  /** Principals as `<kind>:<value>`, for example `Service:lambda.amazonaws.com`; `*` for everybody. */
  readonly principals: readonly string[];
  /** Whether `principals` are those of NotPrincipal. Likewise `exceptActions` and `exceptResources`. */
  readonly exceptPrincipals: boolean;
  readonly actions: readonly string[];
  readonly exceptActions: boolean;
  readonly resources: readonly string[];
  readonly exceptResources: boolean;
  /** Operator → condition key → values. */
  readonly conditions: Plain;
}

/** Types with identity-based policies (what a principal may do) → the property that contains them. */
const identity: Readonly<Record<string, string>> = {
  "aws:iam/rolePolicy:RolePolicy": "policy",
  "aws:iam/policy:Policy": "policy",
  "aws:iam/userPolicy:UserPolicy": "policy",
  "aws:iam/groupPolicy:GroupPolicy": "policy",
  "aws:iam/role:Role": "inlinePolicies",
};

/** Types with resource-based policies (who may use the resource) → the property that contains them. */
const resource: Readonly<Record<string, string>> = {
  "aws:kms/key:Key": "policy",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:s3/accessPoint:AccessPoint": "policy",
  "aws:secretsmanager/secret:Secret": "policy",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:sqs/queue:Queue": "policy",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:sns/topic:Topic": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy": "resourcePolicy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:apigateway/restApi:RestApi": "policy",
  "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
};

export const identityTypes = Object.keys(identity);
export const resourcePolicyTypes = Object.keys(resource);
export const endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint";

/** What a role, user or group may do. @throws Unreadable */
export function identityStatements({ type, inputs }: Resource): Statement[] {
  const field = identity[type]!;
  const documents =
    type === "aws:iam/role:Role" ? list(inputs[field]).map((item) => at(item, "policy")) : [inputs[field]];
  return documents.flatMap((document) => statements(document, field));
}

/** Who may assume a role. @throws Unreadable */
export function trustStatements({ inputs }: Resource): Statement[] {
  return statements(inputs.assumeRolePolicy, "assumeRolePolicy");
}

/** What may pass through a VPC endpoint. @throws Unreadable */
export function endpointStatements({ inputs }: Resource): Statement[] {
  return statements(inputs.policy, "policy");
}

/** Who may use a resource. @throws Unreadable */
export function resourceStatements({ type, inputs }: Resource): Statement[] {
  const field = resource[type]!;
  // An API's document may also contain the policy.
  const inBody =
    type === "aws:apigateway/restApi:RestApi" ? at(parse(inputs.body, "body"), "x-amazon-apigateway-policy") : "";
  return [inputs[field], inBody].flatMap((document) => statements(document, field));
}

function statements(document: unknown, field: string): Statement[] {
  if (document === undefined || document === "") return [];
  return list(at(parse(document, field), "Statement")).map((item) => {
    const statement = record(item);
    return {
      sid: text(statement.Sid),
      allows: statement.Effect !== "Deny",
      principals: principals(statement.Principal ?? statement.NotPrincipal),
      exceptPrincipals: "NotPrincipal" in statement,
      actions: texts(statement.Action ?? statement.NotAction),
      exceptActions: "NotAction" in statement,
      resources: texts(statement.Resource ?? statement.NotResource),
      exceptResources: "NotResource" in statement,
      conditions: record(statement.Condition),
    };
  });
}

function principals(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Object.entries(record(value)).flatMap(([kind, names]) =>
    texts(names).map((name) => (name === "*" ? "*" : `${kind}:${name}`)),
  );
}
