// Findings of the policy pack in two versions: the new ones, the ones that are gone, and those whose standing changed.

import type { FindingSnapshot } from "./snapshot";

export interface FindingChange extends FindingSnapshot {
  readonly op: "new" | "gone" | "changed";
  /** Its standing before, where that changed: an exception that was added, or ran out. */
  readonly before?: string;
}

export function findingChanges(before: readonly FindingSnapshot[], after: readonly FindingSnapshot[]): FindingChange[] {
  const key = ({ rule, resource, about, message }: FindingSnapshot) => JSON.stringify([rule, resource, about, message]);
  const old = new Map(before.map((finding) => [key(finding), finding]));
  const next = new Map(after.map((finding) => [key(finding), finding]));
  return [
    ...after.flatMap((finding): FindingChange[] => {
      const was = old.get(key(finding));
      if (was === undefined) return [{ ...finding, op: "new" }];
      return was.status === finding.status ? [] : [{ ...finding, op: "changed", before: was.status }];
    }),
    ...before
      .filter((finding) => !next.has(key(finding)))
      .map((finding): FindingChange => ({ ...finding, op: "gone" })),
  ];
}
