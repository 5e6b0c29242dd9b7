// Finds the code of a function: the archives in the graph that its package and layers are made from.

import { ofType, type Graph, type Resource } from "../../../graph/resource";
import { Unenforceable } from "../../base/unenforceable";
import { assertUnpackable, entriesOf, type Entries } from "./entries";
import { output, text, texts } from "./read-input";

/** The content of `/var/task`. @throws Unenforceable if it is not in the graph */
export function codeOf(graph: Graph, lambda: Resource): Entries {
  return packageOf(graph, lambda);
}

/**
 * The content of `/opt`: the layers in order, later ones overwriting earlier ones.
 * @throws Unenforceable if one is not in the graph
 */
export function layersOf(graph: Graph, lambda: Resource): Entries {
  const entries: Entries = new Map();
  for (const arn of texts(lambda, "layers")) {
    const layer = ofType(graph, "aws:lambda/layerVersion:LayerVersion").find((each) => output(each, "arn") === arn);
    if (layer === undefined)
      throw new Unenforceable(`${lambda.urn}: layers`, "a layer is not of this program, so its content is not known");
    for (const [path, entry] of packageOf(graph, layer)) entries.set(path, entry);
  }
  assertUnpackable(entries, lambda.urn);
  return entries;
}

/** The archive of a function or layer: inline, or uploaded to a bucket. */
function packageOf(graph: Graph, owner: Resource): Entries {
  if (owner.inputs["code"] !== undefined && owner.inputs["code"] !== null)
    return entriesOf(owner.inputs["code"], owner.urn);
  const bucket = text(owner, "s3Bucket");
  const key = text(owner, "s3Key");
  const version = text(owner, "s3ObjectVersion");
  if (bucket === undefined || key === undefined)
    throw new Unenforceable(owner.urn, "it has neither code nor a place in a bucket");
  const object = [
    ...ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2"),
    ...ofType(graph, "aws:s3/bucketObject:BucketObject"),
  ].find((each) => text(each, "bucket") === bucket && (text(each, "key") ?? each.outputs["key"] ?? each.name) === key);
  if (object === undefined)
    throw new Unenforceable(`${owner.urn}: s3Key`, "no object of this program has this bucket and key");
  if (version !== undefined && version !== object.outputs["versionId"]) {
    throw new Unenforceable(
      `${owner.urn}: s3ObjectVersion`,
      "it names another version than the object that the program puts there",
    );
  }
  return entriesOf(object.inputs["source"], object.urn);
}
