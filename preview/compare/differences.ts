// Differences between two comparable values, property by property. Strings that hold JSON (API documents, IAM policies) are
// compared as documents, not as text.

import { archiveMark, fileMark, secretMark } from "../version/comparable";
import type { Comparable } from "../version/snapshot";

export interface PropertyChange {
  /** For example `policy.Statement.0.Action`: the path continues into a JSON document. */
  readonly path: string;
  /** Compact JSON, truncated; absent if the property is added, and `after` if it is removed. */
  readonly before?: string;
  readonly after?: string;
}

/** Characters of a value that are shown. */
const longest = 240;

type Tree = { readonly [key: string]: Comparable };

/** The changed properties: first in the order of the old value's properties, then the added ones. */
export function differences(before: Comparable, after: Comparable, path = ""): PropertyChange[] {
  if (same(before, after)) return [];
  const [old, next] = [documentOf(before), documentOf(after)];
  if (same(old, next)) return []; // The same document, formatted differently.
  if (Array.isArray(old) && Array.isArray(next)) return listDifferences(old, next, path);
  if (isTree(old) && isTree(next)) {
    if (archiveMark in old && archiveMark in next) return differences(old[archiveMark]!, next[archiveMark]!, path);
    if (!isMarked(old) && !isMarked(next)) return treeDifferences(old, next, path);
  }
  return [{ path, before: shown(before), after: shown(after) }];
}

function treeDifferences(old: Tree, next: Tree, path: string): PropertyChange[] {
  return [...new Set([...Object.keys(old), ...Object.keys(next)])].flatMap((key) => {
    const inner = path === "" ? key : `${path}.${key}`;
    if (!(key in old)) return [{ path: inner, after: shown(next[key]!) }];
    if (!(key in next)) return [{ path: inner, before: shown(old[key]!) }];
    return differences(old[key]!, next[key]!, inner);
  });
}

/**
 * Items that both lists contain, at any position, are not a change. Objects that have names are compared with those of the
 * same name. If the same number of others remains in each list, and all are objects, they are compared in pairs, in order;
 * otherwise they count as removed and added.
 */
function listDifferences(old: readonly Comparable[], next: readonly Comparable[], path: string): PropertyChange[] {
  const gone = withIndex(old).filter(([item]) => !next.some((other) => same(item, other)));
  const come = withIndex(next).filter(([item]) => !old.some((other) => same(item, other)));
  const pairs = pairsOf(gone, come);
  const [paired, partners] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
  const changes = [
    ...pairs.flatMap(([[item, at], [other]]) => differences(item, other, `${path}.${at}`)),
    ...gone.filter((one) => !paired.includes(one)).map(([item]) => ({ path, before: shown(item) })),
    ...come.filter((one) => !partners.includes(one)).map(([item]) => ({ path, after: shown(item) })),
  ];
  return changes.length > 0 ? changes : [{ path, before: shown([...old]), after: shown([...next]) }];
}

type Item = readonly [item: Comparable, at: number];

/** The items to compare with one another. */
function pairsOf(gone: readonly Item[], come: readonly Item[]): [Item, Item][] {
  const named = gone.flatMap((one): [Item, Item][] => {
    const name = nameOf(one[0]);
    const [others, own] = [come, gone].map((items) => items.filter(([item]) => nameOf(item) === name));
    return name !== undefined && others!.length === 1 && own!.length === 1 ? [[one, others![0]!]] : [];
  });
  const rest = gone.filter((one) => !named.some(([other]) => other === one));
  const left = come.filter((one) => !named.some(([, other]) => other === one));
  const alike = rest.length === left.length && [...rest, ...left].every(([item]) => isTree(item));
  return alike ? [...named, ...rest.map((one, at): [Item, Item] => [one, left[at]!])] : named;
}

/** What an object in a list is called: a rule's `name`, a statement's `Sid`. */
function nameOf(item: Comparable): string | undefined {
  if (!isTree(item)) return undefined;
  return [item.name, item.Name, item.Sid].find((name) => typeof name === "string");
}

function withIndex(items: readonly Comparable[]): Item[] {
  return items.map((item, index): Item => [item, index]);
}

/** Parses a string that holds a JSON object or array; returns anything else unchanged. */
export function documentOf(value: Comparable): Comparable {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as Comparable;
  } catch {
    return value;
  }
}

/** Compact JSON, truncated if long. */
export function shown(value: Comparable): string {
  if (isTree(value)) {
    if (secretMark in value) return secretMark;
    if (fileMark in value) return `${String(value.bytes)} bytes, sha256 ${String(value[fileMark]).slice(0, 12)}`;
    if (archiveMark in value) return `archive of ${Object.keys(value[archiveMark] as Tree).join(", ")}`;
  }
  const text = JSON.stringify(value, (_key, item: Comparable) => (isTree(item) && isMarked(item) ? shown(item) : item));
  return text.length <= longest ? text : `${text.slice(0, longest)} … (${text.length} characters)`;
}

export function isTree(value: Comparable): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMarked(value: Tree): boolean {
  return secretMark in value || fileMark in value || archiveMark in value;
}

function same(one: Comparable, other: Comparable): boolean {
  return canonical(one) === canonical(other);
}

/** JSON with sorted keys. */
function canonical(value: Comparable): string {
  return JSON.stringify(value, (_key, item: Comparable) =>
    isTree(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}
