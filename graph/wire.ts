// Pulumi's wire format for property values: JSON in which secrets, assets and archives are marked by a signature key.
// Source: https://www.pulumi.com/docs/iac/concepts/resources (property values), pulumi/sdk/nodejs/runtime/rpc.ts

import { resolve } from "node:path";
import { runtime } from "@pulumi/pulumi";
import type { Archive, Asset } from "./resource";

export type Plain = Record<string, unknown>;

export interface Decoded {
  readonly value: Plain;
  /** Paths of the values that were marked secret, for example `environment.variables.KEY`. */
  readonly secrets: string[];
}

/**
 * Replaces the markers in an object by the values they wrap.
 * @param owner URN for error messages
 * @throws Error naming the path of an unknown value, which comes from an output that the simulation lacks
 */
export function decode(object: Plain, owner: string): Decoded {
  const secrets: string[] = [];
  const value = unwrap(object, [], secrets, owner) as Plain;
  return { value, secrets };
}

function unwrap(value: unknown, path: string[], secrets: string[], owner: string): unknown {
  if (value === runtime.unknownValue) {
    throw new Error(`${owner}: the input ${path.join(".")} reads an output that graph/types/ does not give`);
  }
  if (Array.isArray(value)) return value.map((item, index) => unwrap(item, [...path, String(index)], secrets, owner));
  if (value === null || typeof value !== "object") return value;
  const marked = value as Plain;
  switch (marked[runtime.specialSigKey]) {
    case undefined:
      return Object.fromEntries(
        Object.entries(marked).map(([key, item]) => [key, unwrap(item, [...path, key], secrets, owner)]),
      );
    case runtime.specialSecretSig:
      secrets.push(path.join("."));
      return unwrap(marked.value, path, secrets, owner);
    case runtime.specialOutputValueSig:
      if (marked.secret === true) secrets.push(path.join("."));
      return unwrap("value" in marked ? marked.value : runtime.unknownValue, path, secrets, owner);
    case runtime.specialAssetSig:
    case runtime.specialArchiveSig:
      return asset(marked);
    case runtime.specialResourceSig:
      return marked.urn;
    default:
      throw new Error(`${owner}: ${path.join(".")} is of a kind that is not simulated`);
  }
}

/** Converts an asset or archive to the graph's form, with absolute paths. */
function asset(marked: Plain): Archive | Asset {
  if (marked[runtime.specialSigKey] === runtime.specialAssetSig) {
    return { asset: typeof marked.text === "string" ? { text: marked.text } : { path: resolve(String(marked.path)) } };
  }
  if (typeof marked.path === "string") return { archive: { path: resolve(marked.path) } };
  const entries = Object.entries(marked.assets as Record<string, Plain>);
  return { archive: { files: Object.fromEntries(entries.map(([name, item]) => [name, asset(item)])) } };
}

/** Marks the values at the secret paths. Assets and archives become null. */
export function encode(object: Plain, secrets: ReadonlySet<string>): Plain {
  const wrap = (value: unknown, path: string[]): unknown => {
    const inner = wrapInner(value, path);
    return path.length > 0 && secrets.has(path.join("."))
      ? { [runtime.specialSigKey]: runtime.specialSecretSig, value: inner }
      : inner;
  };
  const wrapInner = (value: unknown, path: string[]): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => wrap(item, [...path, String(index)]));
    if (value === null || typeof value !== "object") return value ?? null;
    if ("archive" in value || "asset" in value) return null; // no program reads them back
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, wrap(item, [...path, key])]));
  };
  return wrap(object, []) as Plain;
}
