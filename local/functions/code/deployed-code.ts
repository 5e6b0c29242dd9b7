// Finds the code of a function: the archives in the graph that its package and layers are made from.

import { ofType, type Graph, type Resource } from "../../../graph/resource";
import { Unenforceable } from "../../base/unenforceable";
import { assertUnpackable, entriesOf, type Entries } from "./entries";
import { output, text, texts } from "./read-input";
import { existsSync } from "node:fs";
import { join } from "node:path";

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

// Replaces the native libraries of a function's layers with those for this machine.

/** This machine, as `process.platform` and `process.arch` name it. */
export interface Host {
  readonly platform: string;
  readonly arch: string;
}

const modules = "nodejs/node_modules/";

/**
 * Replaces each native package (`nodejs/node_modules/<package>` containing a `.node` file) by a link to the project's
 * package of that name, which contains the library for this machine.
 *
 * A layer contains the library for Amazon Linux on the function's architecture, which other systems cannot load. On
 * Linux with that architecture nothing is replaced: what is deployed is what runs. Elsewhere the linked package
 * resolves its dependencies in the project, so one that is missing in the layer goes unnoticed.
 * @param architecture the function's: `x86_64` or `arm64`
 * @throws Unenforceable if the project has no package for this machine
 */
export function forHost(
  entries: Entries,
  architecture: string,
  host: Host,
  projectRoot: string,
  resource: string,
): Entries {
  const arch = architecture === "arm64" ? "arm64" : "x64";
  if (host.platform === "linux" && host.arch === arch) return entries;
  const native = new Set<string>();
  for (const path of entries.keys()) {
    if (!path.endsWith(".node")) continue;
    const name = path.startsWith(modules) ? /^(?:@[^/]+\/)?[^/]+/.exec(path.slice(modules.length))?.[0] : undefined;
    if (name === undefined || !existsSync(join(projectRoot, "node_modules", name, "package.json"))) {
      throw new Unenforceable(
        resource,
        `its native library is for linux-${arch}, and this machine (${host.platform}-${host.arch}) has no counterpart`,
      );
    }
    native.add(name);
  }
  const local: Entries = new Map();
  for (const [path, entry] of entries) {
    if (![...native].some((name) => path.startsWith(`${modules}${name}/`))) local.set(path, entry);
  }
  for (const name of native) local.set(modules + name, { link: join(projectRoot, "node_modules", name) });
  return local;
}
