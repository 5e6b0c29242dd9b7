// The engine holds the role's credentials, and reads what callers send: a fault in it must open no other model, and no other service.

import type { Resource } from "../../../graph/resource";
import { at, text, texts } from "../../queries/read";
import { type Rule, violation, type Violation } from "../../queries/rule";
import { identityStatements, type Statement } from "../../queries/statements";
import { containersOf, modelDataOf, modelType } from "../../queries/hosting";

const rolePolicyType = "aws:iam/rolePolicy:RolePolicy";

/** What SageMaker does with the role besides: decrypt, encrypt volumes, write logs and metrics, and join the network. */
const besides =
  /^(kms:(Decrypt|DescribeKey|CreateGrant)|logs:(CreateLogGroup|CreateLogStream|DescribeLogStreams|PutLogEvents)|cloudwatch:PutMetricData|ec2:(Describe\w+|(Create|Delete)NetworkInterface(Permission)?)|ecr:GetAuthorizationToken)$/;

export const modelRoleReadsItsModel: Rule = {
  name: "model-role-reads-its-model",
  description:
    "The role of a SageMaker model reads and lists the prefix of the model's own versions and pulls its image's repository; else it decrypts, writes logs and metrics, and joins the network.",
  severity: "high",
  controls: ["IAM.1", "API1"],
  types: [modelType],
  check: (model, view) => {
    const role = view.ofType("aws:iam/role:Role").find(({ outputs }) => outputs.arn === model.inputs.executionRoleArn);
    if (role === undefined) return [violation("executionRoleArn is no role of this program")];
    const models = view.ofType(modelType).filter(({ inputs }) => inputs.executionRoleArn === role.outputs.arn);
    const attached = view
      .ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .filter((one) => one.inputs.role === role.id);
    const statements = [role, ...view.pointingAt(role, rolePolicyType, "role")]
      .flatMap(identityStatements)
      .filter(({ allows }) => allows);
    return [
      ...attached.map(() => violation("a policy is attached that is none of its own")),
      ...statements.flatMap((statement) => tooMuch(statement, models)),
    ];
  },
};

function tooMuch(statement: Statement, models: readonly Resource[]): Violation[] {
  const { actions, exceptActions, resources, exceptResources, conditions } = statement;
  if (exceptActions || exceptResources) return [violation("a statement names what it does not allow")];
  const containers = models.flatMap(containersOf);
  // Of all versions of the model: during an update, the one before it starts instances, too.
  const data = containers
    .flatMap(modelDataOf)
    .flatMap((one) => (one === undefined ? [] : { ...one, prefix: one.prefix.replace(/^(.+\/)[^/]+\/$/, "$1") }));
  const isOwnObject = (arn: string) =>
    data.some(({ bucket, prefix }) => arn.replace(/^arn:[\w-]+:s3:::/, "").startsWith(`${bucket}/${prefix}`));
  const isOwnBucket = (arn: string) => data.some(({ bucket }) => arn.replace(/^arn:[\w-]+:s3:::/, "") === bucket);
  const listed = [
    ...texts(at(conditions, "StringLike", "s3:prefix")),
    ...texts(at(conditions, "StringEquals", "s3:prefix")),
  ];
  const isOwnPrefix = (name: string) => data.some(({ prefix }) => name.startsWith(prefix) || `${name}/` === prefix);
  const isOwnImage = (arn: string) =>
    containers.some(({ image }) => {
      const [, account, region, repository] = /^(\d+)\.dkr\.ecr\.([\w-]+)\.[^/]+\/([^:@]+)/.exec(text(image)) ?? [];
      return account !== undefined && arn.endsWith(`:ecr:${region}:${account}:repository/${repository}`);
    });
  return actions.flatMap((action) => {
    if (besides.test(action)) return [];
    if (/^s3:GetObject(Version)?$/.test(action))
      return resources.every(isOwnObject) ? [] : [violation("it reads what is not its model", action)];
    if (action === "s3:ListBucket")
      return resources.every(isOwnBucket) && listed.length > 0 && listed.every(isOwnPrefix)
        ? []
        : [violation("it lists what is not its model", action)];
    if (/^ecr:(BatchGetImage|BatchCheckLayerAvailability|GetDownloadUrlForLayer)$/.test(action))
      return resources.every(isOwnImage) ? [] : [violation("it pulls what is not its image", action)];
    return [violation("an action is more than an engine needs", action)];
  });
}
