// Differences between two property trees by path, in the form of the engine's detailed diff.

import { runtime } from "@pulumi/pulumi";

export type Change = "add" | "delete" | "update";

type Tree = Readonly<Record<string, unknown>>;

/**
 * Changes by property path (`environment.variables.KEY`, `layers[0]`, `tags["a.b"]`), in the order of the properties.
 * An unknown value differs from every known one. Assets and archives are compared by the engine's hash of them.
 */
export function differences(before: Tree, after: Tree): Map<string, Change> {
  const found = new Map<string, Change>();
  compareTrees(before, after, "", found);
  return found;
}

function compareTrees(before: Tree, after: Tree, path: string, found: Map<string, Change>): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    compare(before[key], after[key], step(path, key), found);
  }
}

function compare(before: unknown, after: unknown, path: string, found: Map<string, Change>): void {
  if (before === undefined && after === undefined) return;
  if (before === undefined) found.set(path, "add");
  else if (after === undefined) found.set(path, "delete");
  else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      compare(before[index], after[index], `${path}[${index}]`, found);
    }
  } else if (isTree(before) && isTree(after)) {
    if (isLeaf(before) || isLeaf(after)) {
      if (before.hash !== after.hash || before.hash === undefined) found.set(path, "update");
    } else compareTrees(before, after, path, found);
  } else if (before !== after) found.set(path, "update");
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether it is an asset or an archive, which the engine marks with a signature property. */
function isLeaf(value: Tree): boolean {
  return runtime.specialSigKey in value;
}

function step(path: string, key: string): string {
  if (!/^[\w$]+$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}

/** Top-level property of a path: `tags` of `tags["a.b"]`. */
export function topLevel(path: string): string {
  return /^[\w$]+/.exec(path)?.[0] ?? path;
}
