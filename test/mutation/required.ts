// The properties that the provider's types demand: a program without one does not compile, so its deletion is no mutant.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../graph/evaluate";

const known = new Map<string, ReadonlySet<string>>();

/** The required properties of a resource type, from the types of its package; none for a provider. */
export function requiredOf(type: string): ReadonlySet<string> {
  let found = known.get(type);
  if (found === undefined) known.set(type, (found = read(type)));
  return found;
}

function read(type: string): ReadonlySet<string> {
  const [packageName = "", module = "", name = ""] = type.split(":");
  if (packageName === "pulumi") return new Set();
  const [folder, file = ""] = module.split("/");
  const path = join(
    projectRoot,
    "node_modules/@pulumi",
    packageName,
    folder === "index" ? "" : folder!,
    `${file}.d.ts`,
  );
  if (!existsSync(path)) throw new Error(`${type}: its types are not in ${path}`);
  const args = new RegExp(`^export interface ${name}Args \\{$([^]*?)^\\}$`, "m").exec(readFileSync(path, "utf8"))?.[1];
  if (args === undefined) throw new Error(`${type}: ${path} has no ${name}Args`);
  return new Set([...args.matchAll(/^ {4}(\w+): /gm)].map(([, property]) => property!));
}
