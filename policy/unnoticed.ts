// What the pack does not see, and why: read from YAML, shown in docs/policy.md. test/mutation holds it against what it finds.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { list, record, text } from "./queries/read";

export interface Unnoticed {
  /** Type token. */
  readonly type: string;
  /** The property, its parts joined by `.`; `*` matches any characters; empty for the resource itself. */
  readonly property: string;
  /** At least 20 characters. */
  readonly reason: string;
}

/** Reads the entries of unnoticed.yaml. @throws Error naming the entry and its field that is missing or unknown */
export function readUnnoticed(file = join(__dirname, "unnoticed.yaml")): Unnoticed[] {
  return list(parse(readFileSync(file, "utf8"))).map((item, index) => {
    const { type, property, reason, ...others } = record(item);
    const fault =
      (text(type) === "" ? "type" : undefined) ??
      (typeof property === "string" ? undefined : "property") ??
      (text(reason).length < 20 ? "reason (a sentence)" : undefined) ??
      Object.keys(others)[0];
    if (fault !== undefined) throw new Error(`unnoticed.yaml, entry ${index + 1}: ${fault}`);
    return { type: text(type), property: text(property), reason: text(reason).trim() };
  });
}

/** Whether an entry is about a property of a resource type. */
export function explains(
  { type, property }: Unnoticed,
  found: { readonly type: string; readonly path: string },
): boolean {
  const parts = property.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return type === found.type && new RegExp(`^${parts.join(".*")}$`).test(found.path);
}
