// Compares the policy pack's findings in two versions: new ones, those that are gone, and those whose status changed.

import type { FindingSnapshot } from "../version/snapshot";

export interface FindingChange extends FindingSnapshot {
  readonly op: "new" | "gone" | "changed";
  /** Previous status, if it changed: for example because an exception was added or expired. */
  readonly before?: string;
}

/** The resource, and the part of it that a finding concerns. */
export function placeOf({ resource, about }: FindingSnapshot): string {
  return about === "" ? resource : `${resource} (${about})`;
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
