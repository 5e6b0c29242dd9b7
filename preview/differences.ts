// What differs between two comparable values, property by property. Documents that travel as JSON text (API documents, IAM
// policies) are compared as documents.

import { archiveMark, type Comparable, fileMark, secretMark } from "./comparable";

export interface PropertyChange {
  /** For example `policy.Statement.0.Action`; a property of a document stands below the property that holds it. */
  readonly path: string;
  /** Compact JSON, cut where it is long; absent where there was nothing. */
  readonly before?: string;
  readonly after?: string;
}

/** Longest value that is shown, in characters. */
const longest = 240;

type Tree = { readonly [key: string]: Comparable };

/** The changed properties, in the order of the old value's properties and then the new one's. */
export function differences(before: Comparable, after: Comparable, path = ""): PropertyChange[] {
  if (same(before, after)) return [];
  const [old, next] = [documentOf(before), documentOf(after)];
  if (same(old, next)) return []; // The same document, written otherwise.
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

/** Items that both lists have are no change, wherever they stand; of the rest, as many in each are compared in pairs. */
function listDifferences(old: readonly Comparable[], next: readonly Comparable[], path: string): PropertyChange[] {
  const gone = withIndex(old).filter(([item]) => !next.some((other) => same(item, other)));
  const come = withIndex(next).filter(([item]) => !old.some((other) => same(item, other)));
  if (gone.length === come.length && gone.every(([item], index) => isTree(item) && isTree(come[index]![0]))) {
    const pairs = gone.flatMap(([item, at], index) => differences(item, come[index]![0], `${path}.${at}`));
    if (gone.length > 0) return pairs;
  }
  const changes = [
    ...gone.map(([item]) => ({ path, before: shown(item) })),
    ...come.map(([item]) => ({ path, after: shown(item) })),
  ];
  return changes.length > 0 ? changes : [{ path, before: shown([...old]), after: shown([...next]) }];
}

function withIndex(items: readonly Comparable[]): [Comparable, number][] {
  return items.map((item, index) => [item, index]);
}

/** A text that holds a JSON object or array as that; anything else as it is. */
function documentOf(value: Comparable): Comparable {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as Comparable;
  } catch {
    return value;
  }
}

function shown(value: Comparable): string {
  if (isTree(value)) {
    if (secretMark in value) return secretMark;
    if (fileMark in value) return `${String(value.bytes)} bytes, sha256 ${String(value[fileMark]).slice(0, 12)}`;
    if (archiveMark in value) return `archive of ${Object.keys(value[archiveMark] as Tree).join(", ")}`;
  }
  const text = JSON.stringify(value, (_key, item: Comparable) => (isTree(item) && isMarked(item) ? shown(item) : item));
  return text.length <= longest ? text : `${text.slice(0, longest)} … (${text.length} characters)`;
}

function isTree(value: Comparable): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMarked(value: Tree): boolean {
  return secretMark in value || fileMark in value || archiveMark in value;
}

function same(one: Comparable, other: Comparable): boolean {
  return canonical(one) === canonical(other);
}

/** JSON that does not depend on the order of keys. */
function canonical(value: Comparable): string {
  return JSON.stringify(value, (_key, item: Comparable) =>
    isTree(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}
