// Makes a resource's inputs comparable between two folders: files become digests, secrets keyed digests, and absolute paths
// relative.

import { createHash, createHmac } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { Archive, Asset, Resource } from "../../graph/resource";
import type { Comparable, ComparableResource } from "./snapshot";

/** Key that marks a secret; its value is an HMAC, so secrets can be compared but not read. */
export const secretMark = "[secret]";
/** Key that marks a file; its value is the content's SHA-256, and `bytes` beside it the size. */
export const fileMark = "[file]";
/** Key that marks an archive; its value has the archive's files by name. */
export const archiveMark = "[archive]";

export interface Comparing {
  /** Folder of the version; replaced by `.` in texts, since it differs between the versions. */
  readonly root: string;
  /** HMAC key for secrets, new for each preview: a plain digest would let a short secret be guessed. */
  readonly key: Buffer;
}

export function comparable(resource: Resource, comparing: Comparing): ComparableResource {
  const secret = new Set(resource.secrets);
  const convert = (value: unknown, path: string): Comparable => {
    if (secret.has(path)) {
      return { [secretMark]: createHmac("sha256", comparing.key).update(JSON.stringify(value)).digest("hex") };
    }
    if (typeof value === "string") return value.replaceAll(comparing.root, ".");
    if (typeof value === "number" || typeof value === "boolean") return value;
    if (Array.isArray(value)) return value.map((item, index) => convert(item, `${path}.${index}`));
    if (typeof value !== "object" || value === null) return null;
    if ("archive" in value) return { [archiveMark]: filesOf(value as Archive) };
    if ("asset" in value) return fileOf(contentOf(value as Asset));
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, convert(item, `${path}.${key}`)]),
    );
  };
  const { type, name, urn, parent, protect, propertyDependencies } = resource;
  const inputs = convert(resource.inputs, "inputs") as Record<string, Comparable>;
  return { type, name, urn, parent, protect, propertyDependencies, inputs };
}

function filesOf({ archive }: Archive): Record<string, Comparable> {
  if ("path" in archive) {
    if (!statSync(archive.path).isDirectory()) return { ".": fileOf(readFileSync(archive.path)) };
    return Object.fromEntries(
      readdirSync(archive.path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [relative(archive.path, file), fileOf(readFileSync(file))]),
    );
  }
  const entries = Object.entries(archive.files).flatMap(([name, item]: [string, Asset | Archive]) =>
    "archive" in item
      ? Object.entries(filesOf(item)).map(([inner, file]) => [`${name}/${inner}`, file] as const)
      : [[name, fileOf(contentOf(item))] as const],
  );
  return Object.fromEntries(entries);
}

function contentOf({ asset }: Asset): Buffer {
  return "text" in asset ? Buffer.from(asset.text) : readFileSync(asset.path);
}

function fileOf(content: Buffer): Comparable {
  return { [fileMark]: createHash("sha256").update(content).digest("hex"), bytes: content.length };
}
