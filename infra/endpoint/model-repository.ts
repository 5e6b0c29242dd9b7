// A model as Triton's repository holds it: `<digest>/config.pbtxt` and `<digest>/1/model.onnx`, with external data beside it. Pure.
// Its place is addressed by content, so that what an endpoint was made from is never changed under it.
// Source: https://github.com/triton-inference-server/server/blob/main/docs/user_guide/model_repository.md

import { createHash } from "node:crypto";
import { join } from "node:path";
import { payloadLimit } from "../../contract";
import { repositoryPrefix } from "../base/endpoint-name";
import type { ServedByEngine } from "../function/models";

/** A file: a text, bytes that differ from the model's own, or a file where it lies. */
export type RepositoryContent =
  | { readonly text: string }
  | { readonly bytes: Uint8Array; readonly sha256: string }
  | { readonly path: string };

export interface ModelRepository {
  /** Prefix of the objects' keys, with a slash at its end. */
  readonly prefix: string;
  /** First hex digits of the digest in the prefix: tells one repository of a model from another. */
  readonly version: string;
  /** By path below the prefix. */
  readonly files: ReadonlyMap<string, RepositoryContent>;
}

/** @param gpu whether it is computed on a GPU */
export function modelRepository(model: string, engine: ServedByEngine, gpu: boolean): ModelRepository {
  const { digest, files } = engine.pinned;
  const config = engineConfig(digest, engine.batched, gpu);
  const { changed } = engine;
  const own = changed && { bytes: changed, sha256: sha256(changed) };
  const content = new Map<string, { sha256: string; content: RepositoryContent }>([
    [`${digest}/config.pbtxt`, { sha256: sha256(config), content: { text: config } }],
    ...files.map((file) => {
      const unchanged = { sha256: file.sha256, content: { path: join(engine.folder, file.path) } };
      const isModel = file.path === "model.onnx" && own !== undefined;
      return [`${digest}/1/${file.path}`, isModel ? { sha256: own.sha256, content: own } : unchanged] as const;
    }),
  ]);
  const lines = [...content].map(([path, file]) => `${file.sha256}  ${path}\n`).sort();
  const layout = sha256(lines.join(""));
  return {
    prefix: `${repositoryPrefix(model)}${layout}/`,
    version: layout.slice(0, 12),
    files: new Map([...content].map(([path, file]) => [path, file.content])),
  };
}

/**
 * Most rows of a request: each has at least a byte of what a function's request may have.
 * Triton refuses a request with more rows than its configuration says.
 */
const mostRows = payloadLimit;

/** Rows up to which waiting requests are computed together, so that what they take in memory is bounded. */
const togetherRows = 64;

/**
 * The model's configuration. Triton completes inputs and outputs from the file itself: it would refuse outputs whose
 * dimensions are not exactly those that its own runtime infers.
 * Source: https://github.com/triton-inference-server/server/blob/main/docs/user_guide/model_configuration.md
 */
export function engineConfig(digest: string, batched: boolean, gpu: boolean): string {
  return [
    `name: "${digest}"`,
    'backend: "onnxruntime"',
    `max_batch_size: ${batched ? mostRows : 0}`,
    `instance_group [ { count: 1 kind: ${gpu ? "KIND_GPU" : "KIND_CPU"} } ]`,
    // Without a delay: requests are computed together only if they wait anyway.
    ...(batched ? [`dynamic_batching { preferred_batch_size: [ ${togetherRows} ] }`] : []),
    "",
  ].join("\n");
}

function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
