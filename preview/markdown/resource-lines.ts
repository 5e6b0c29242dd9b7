// The changes of resources as Markdown.

import { code, values } from "./code";
import type { ResourceChange } from "../compare/resources";

/** A resource that is added or removed together with its parent is listed in the parent's line. */
export function resourcesLines(resources: readonly ResourceChange[]): string[] {
  const wholes = new Map(resources.filter(isWhole).map((change) => [change.urn, change]));
  const inside = (change: ResourceChange) => isWhole(change) && wholes.get(change.parent)?.op === change.op;
  return resources
    .filter((change) => !inside(change))
    .flatMap((change) => {
      const content = isWhole(change) ? below(change, resources.filter(inside)) : [];
      const [head, ...rest] = resourceLines(change);
      const listed = content.map(({ name, type }) => `${code(name)} (${kind(type)})`).join(", ");
      const warning = content.some(failing)
        ? ", **of which some are protected: it will fail while protectData is true**"
        : "";
      const granted = content.flatMap((child) =>
        child.changes.map((each) => `  * ${code(child.name)}: ${values(each)}`),
      );
      return [
        content.length === 0 ? head! : `${head!}, with ${content.length} in it${warning}: ${listed}`,
        ...rest,
        ...granted,
      ];
    });
}

function isWhole({ op }: ResourceChange): boolean {
  return op === "added" || op === "removed";
}

function below({ urn }: ResourceChange, all: readonly ResourceChange[]): ResourceChange[] {
  return all.filter(({ parent }) => parent === urn).flatMap((child) => [child, ...below(child, all)]);
}

function failing({ op, protected: kept }: ResourceChange): boolean {
  return kept && (op === "removed" || op === "replaced");
}

/** Last word of a type token: `Function` in `aws:lambda/function:Function`. A component of the version chooses its own token. */
function kind(type: string): string {
  return /\w+$/.exec(type)?.[0] ?? "?";
}

/** One line if a single property changed; otherwise a head line, and one below it for each property. */
function resourceLines(change: ResourceChange): string[] {
  const { op, type, name, changes, consequences } = change;
  const guarded = failing(change) ? ", **which is protected: it will fail while protectData is true**" : "";
  const then = consequences.length === 0 ? "" : ` → ${code(consequences.join("; "))}`;
  const head = `* ${op} ${code(name)} (${kind(type)})${guarded}`;
  if (changes.length === 1 && op !== "added") return [`${head}: ${values(changes[0]!)}${then}`];
  return [`${head}${then}`, ...changes.map((each) => `  * ${values(each)}`)];
}
