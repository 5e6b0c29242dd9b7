// Outputs that AWS changes with an update: version numbers increase, an object gets a new version id. They are unknown in a
// preview. Every other output keeps its value.
// Sources: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html,
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html

import { createHash } from "node:crypto";

type Tree = Readonly<Record<string, unknown>>;

const layer = "aws:lambda/layerVersion:LayerVersion";
const lambdaFunction = "aws:lambda/function:Function";
const object = "aws:s3/bucketObjectv2:BucketObjectv2";
const invocation = "aws:lambda/invocation:Invocation";

/** Outputs that end in the version number. */
const numbered: Readonly<Record<string, readonly string[]>> = {
  [layer]: ["id", "arn", "version"],
  [lambdaFunction]: ["version", "qualifiedArn", "qualifiedInvokeArn"],
};

/** Properties of an object that can change without a new version of it. */
const besideContent = new Set([
  "acl",
  "forceDestroy",
  "tags",
  "tagsAll",
  "objectLockMode",
  "objectLockRetainUntilDate",
]);

/** Outputs of a new resource: a layer that replaces earlier ones gets the next version number, its generation. */
export function afterCreate(type: string, outputs: Tree, generation: number): Tree {
  return type === layer ? withVersion(outputs, numbered[layer]!, generation) : outputs;
}

/** Names of the outputs that get a new value when these properties change. */
export function renewed(type: string, inputs: Tree, changed: readonly string[]): readonly string[] {
  if (type === lambdaFunction && inputs.publish === true) return numbered[lambdaFunction]!;
  // An invocation resource runs again when its input changes; its result is known only afterwards.
  if (type === invocation && changed.includes("input")) return ["result"];
  if (type === object && changed.some((property) => !besideContent.has(property))) return ["versionId", "etag"];
  return [];
}

/** The outputs, with the named ones set to their next values, which derive from the previous ones. */
export function renew(type: string, olds: Tree, names: readonly string[]): Tree {
  if (type === lambdaFunction) return withVersion(olds, names, Number(olds.version) + 1);
  if (type === invocation) return olds; // The simulated function always answers the same.
  const next = (value: unknown) => createHash("sha256").update(String(value)).digest("hex").slice(0, 32);
  return { ...olds, ...Object.fromEntries(names.map((name) => [name, next(olds[name])])) };
}

/** Replaces the version number in values such as `7`, `<layer arn>:7` and `…function:<name>:7/invocations`. */
function withVersion(outputs: Tree, names: readonly string[], version: number): Tree {
  const renumber = (value: unknown) => String(value).replace(/(^|:)\d+(?=$|\/invocations$)/, `$1${version}`);
  return { ...outputs, ...Object.fromEntries(names.map((name) => [name, renumber(outputs[name])])) };
}
