// The files in an archive: their paths as Lambda unpacks them, and where their content is.

import { lstatSync, readdirSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { Unenforceable } from "../../base/unenforceable";
import type { Archive, Asset } from "../../../graph/resource";

/** Content of one file, or a symbolic link to a folder on this machine. */
export type Entry = { readonly text: string } | { readonly file: string } | { readonly link: string };

/** By path: relative, with `/`, without `.` and `..` segments. */
export type Entries = Map<string, Entry>;

/**
 * @param archive the value in a resource's inputs
 * @param resource URN of that resource, for error messages
 * @throws Unenforceable for a path that leads out of the archive, a zip file, or neither archive nor asset
 */
export function entriesOf(archive: unknown, resource: string): Entries {
  const entries: Entries = new Map();
  add(entries, "", archive, resource);
  assertUnpackable(entries, resource);
  return entries;
}

/** @throws Unenforceable if a file has the path of another file's folder, so that the archive cannot be unpacked */
export function assertUnpackable(entries: Entries, resource: string): void {
  for (const path of entries.keys()) {
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
      if (entries.has(path.slice(0, at)))
        throw new Unenforceable(resource, "the archive has a file and a folder of the same name");
    }
  }
}

function add(entries: Entries, path: string, value: unknown, resource: string): void {
  if (isArchive(value)) {
    if ("files" in value.archive) {
      for (const [name, part] of Object.entries(value.archive.files))
        add(entries, within(path, name, resource), part, resource);
    } else addFolder(entries, path, value.archive.path, resource);
  } else if (isAsset(value) && path !== "") {
    entries.set(path, "text" in value.asset ? { text: value.asset.text } : { file: value.asset.path });
  } else throw new Unenforceable(resource, "its code is neither an archive of files nor one of a folder");
}

/** Reads a folder as Pulumi packs it: links to files are followed; links to folders, and `.pulumi`, are left out. */
function addFolder(entries: Entries, path: string, folder: string, resource: string): void {
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw new Unenforceable(resource, "its code is packed already, or missing; only files and folders can be run here");
  }
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const at = join(folder, item.name);
    if (item.isDirectory()) {
      if (item.name !== ".pulumi") addFolder(entries, posix.join(path, item.name), at, resource);
    } else if (
      item.isFile() ||
      (lstatSync(at).isSymbolicLink() && (statSync(at, { throwIfNoEntry: false })?.isFile() ?? false))
    ) {
      entries.set(posix.join(path, item.name), { file: at });
    }
  }
}

/** Joins a path and a name in an archive. Rejects `../x` and `/x`, which would write anywhere on this machine. */
function within(path: string, name: string, resource: string): string {
  const parts = name.split("/");
  const unsafe = parts.some((part) => part === "" || part === "." || part === "..") || /[\\\0]/.test(name);
  if (unsafe) throw new Unenforceable(resource, "the archive contains a path that points outside it");
  return path === "" ? name : `${path}/${name}`;
}

function isArchive(value: unknown): value is Archive {
  const archive = (value as { archive?: unknown } | undefined | null)?.archive;
  return typeof archive === "object" && archive !== null && ("files" in archive || "path" in archive);
}

function isAsset(value: unknown): value is Asset {
  const asset = (value as { asset?: unknown } | undefined | null)?.asset;
  return typeof asset === "object" && asset !== null && ("text" in asset || "path" in asset);
}
