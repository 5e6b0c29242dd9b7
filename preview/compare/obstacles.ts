// Deletions that a deployment would fail in: of what is protected, and of what its service deletes only when it is empty.

import { resourceTypes } from "../../graph/resource-types";
import type { ResourceChange } from "./resources";

/** One line for each protected resource that would be deleted or replaced. */
export function refusals(changes: readonly ResourceChange[]): string[] {
  return deletions(changes)
    .filter(({ protected: kept }) => kept)
    .map((change) => `${phrase(change)}, but it is protected: first pulumi config set protectData false && pulumi up`);
}

/** One line for each resource that has to be emptied by hand before. The preview cannot see whether it is empty. */
export function preparations(changes: readonly ResourceChange[]): string[] {
  return deletions(changes).flatMap((change) => {
    const place = resourceTypes[change.type]?.emptiedFirst;
    return place === undefined ? [] : [`${phrase(change)}, which AWS refuses while anything is in it: ${place}`];
  });
}

function deletions(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  return changes.filter(({ op }) => op === "removed" || op === "replaced");
}

function phrase({ name, op }: ResourceChange): string {
  return `${name} would be ${op === "removed" ? "deleted" : "replaced"}`;
}
