// The manifest that pins the bundled models, written when the code is bundled: validated before any file is read by it.

import { parseEndpoint, type PinnedEndpoint } from "./pinned-endpoint";

export interface PinnedModel {
  readonly name: string;
  /** SHA-256 of the model in lower-case hex, as `contract.ts` defines it. */
  readonly digest: string;
  /** SHA-256 of each file in lower-case hex, by path within the model's folder; always includes `model.onnx`. */
  readonly files: ReadonlyMap<string, string>;
  /** SHA-256 of its transform in lower-case hex; `undefined`: it has none. */
  readonly transform?: string;
  /** Where it is computed; `undefined`: in the function. */
  readonly endpoint?: PinnedEndpoint;
}

/** The bundled models by name. */
export type PinnedModels = ReadonlyMap<string, PinnedModel>;

/** A name that needs no percent-encoding in a URL. */
const safeName = /^(?!\.)[A-Za-z0-9._-]+$/;
/** A path segment that cannot leave its folder. Otherwise any name is allowed, since exporters choose all kinds. */
const fileName = /^(?!\.\.?$)[^/\\\0]+$/;
const sha256 = /^[0-9a-f]{64}$/;

/** Parses and validates a manifest. @throws Error saying what is wrong with it */
export function parsePins(text: string): PinnedModels {
  const { models } = record(JSON.parse(text), "the manifest");
  return new Map(Object.entries(record(models, "models")).map(([name, model]) => [name, parseModel(name, model)]));
}

function parseModel(name: string, value: unknown): PinnedModel {
  const { digest, files, transform, endpoint } = record(value, "a model");
  if (!safeName.test(name))
    throw new Error("a model's name has characters other than letters, digits, '.', '_' and '-'");
  if (typeof digest !== "string" || !sha256.test(digest)) throw new Error(`${name}: its digest is not a SHA-256`);
  if (!Array.isArray(files)) throw new Error(`${name}: its files are not a list`);
  const pins = new Map(files.map((file) => parseFile(name, file)));
  if (!pins.has("model.onnx")) throw new Error(`${name}: model.onnx is not among its files`);
  if (transform !== undefined && (typeof transform !== "string" || !sha256.test(transform)))
    throw new Error(`${name}: its transform's digest is not a SHA-256`);
  return {
    ...{ name, digest, files: pins },
    ...(transform === undefined ? {} : { transform }),
    ...(endpoint === undefined ? {} : { endpoint: parseEndpoint(name, endpoint) }),
  };
}

function parseFile(model: string, value: unknown): [path: string, sha256: string] {
  const file = record(value, "a file");
  const { path, sha256: pin } = file;
  if (typeof path !== "string" || !path.split("/").every((segment) => fileName.test(segment))) {
    throw new Error(`${model}: a file's path is not within the model's folder`);
  }
  if (typeof pin !== "string" || !sha256.test(pin)) throw new Error(`${model}: a file's digest is not a SHA-256`);
  return [path, pin];
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} is not an object`);
  return value as Record<string, unknown>;
}

/** The model's version in the protocol: the first 12 hex digits of its digest. */
export function versionOf({ digest }: Pick<PinnedModel, "digest">): string {
  return digest.slice(0, 12);
}

/** Version of its transform: the first 12 hex digits of the digest; `undefined`: it has none. */
export function transformVersion({ transform }: PinnedModel): string | undefined {
  return transform?.slice(0, 12);
}
