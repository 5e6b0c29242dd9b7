// Outputs that AWS renews with a change: version numbers count up, an object gets another version. A preview cannot know
// them. Every other output keeps its value over an update.
// Sources: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html,
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html

import { createHash } from "node:crypto";

type Tree = Readonly<Record<string, unknown>>;

const layer = "aws:lambda/layerVersion:LayerVersion";
const lambdaFunction = "aws:lambda/function:Function";
const object = "aws:s3/bucketObjectv2:BucketObjectv2";
const invocation = "aws:lambda/invocation:Invocation";

/** Outputs that end in the version's number. */
const numbered: Readonly<Record<string, readonly string[]>> = {
  [layer]: ["id", "arn", "version"],
  [lambdaFunction]: ["version", "qualifiedArn", "qualifiedInvokeArn"],
};

/** Properties of an object whose change writes no new version of it. */
const besideContent = new Set([
  "acl",
  "forceDestroy",
  "tags",
  "tagsAll",
  "objectLockMode",
  "objectLockRetainUntilDate",
]);

/** Outputs of a layer that was made before have that version's number. */
export function afterCreate(type: string, outputs: Tree, generation: number): Tree {
  return type === layer ? withVersion(outputs, numbered[layer]!, generation) : outputs;
}

/** Outputs that an update of these properties renews. */
export function renewed(type: string, inputs: Tree, changed: readonly string[]): readonly string[] {
  if (type === lambdaFunction && inputs.publish === true) return numbered[lambdaFunction]!;
  // An invocation that lives through its resource's changes runs again with each; its answer is known when it has run.
  if (type === invocation && changed.includes("input")) return ["result"];
  if (type === object && changed.some((property) => !besideContent.has(property))) return ["versionId", "etag"];
  return [];
}

/** The renewed outputs with their next values, from the ones of before. */
export function renew(type: string, olds: Tree, names: readonly string[]): Tree {
  if (type === lambdaFunction) return withVersion(olds, names, Number(olds.version) + 1);
  if (type === invocation) return olds; // The simulated function always answers the same.
  const next = (value: unknown) => createHash("sha256").update(String(value)).digest("hex").slice(0, 32);
  return { ...olds, ...Object.fromEntries(names.map((name) => [name, next(olds[name])])) };
}

/** `7`, `<layer arn>:7` and `…function:<name>:7/invocations` all end their version before a slash or the end. */
function withVersion(outputs: Tree, names: readonly string[], version: number): Tree {
  const renumber = (value: unknown) => String(value).replace(/(^|:)\d+(?=$|\/invocations$)/, `$1${version}`);
  return { ...outputs, ...Object.fromEntries(names.map((name) => [name, renumber(outputs[name])])) };
}
