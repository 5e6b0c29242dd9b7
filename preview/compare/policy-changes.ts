// Compares the policy pack's findings in two versions: new ones, those that are gone, and those whose status changed.

import type { ExceptionSnapshot, FindingSnapshot } from "../version/snapshot";
import type { PropertyChange } from "./differences";

export interface FindingChange extends FindingSnapshot {
  readonly op: "new" | "gone" | "changed";
  /** Previous status, if it changed: for example because an exception was added or expired. */
  readonly before?: string;
}

/** The resource, and the part of it that a finding concerns. */
export function subjectOf({ resource, about }: FindingSnapshot): string {
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

type Exceptions = readonly ExceptionSnapshot[];

/** In the path the rule, before and after what the exception covers and until when. */
export function exceptionChanges(before: Exceptions, after: Exceptions): PropertyChange[] {
  const gone = without(before, after);
  const come = without(after, before);
  // The only one that goes and the only one that comes, of a rule and a resource, are one that changes.
  const partner = (one: ExceptionSnapshot, others: Exceptions, own: Exceptions) => {
    const same = (other: ExceptionSnapshot) => other.rule === one.rule && other.resource === one.resource;
    return own.filter(same).length === 1 && others.filter(same).length === 1 ? others.find(same) : undefined;
  };
  return [
    ...gone.map((one) => {
      const now = partner(one, come, gone);
      return { path: one.rule, before: described(one), ...(now === undefined ? {} : { after: described(now) }) };
    }),
    ...come
      .filter((one) => partner(one, gone, come) === undefined)
      .map((one) => ({ path: one.rule, after: described(one) })),
  ];
}

function described({ resource, about, stack, review }: ExceptionSnapshot): string {
  const where = about === undefined ? resource : `${resource} (${about})`;
  return `${where} in ${stack === undefined ? "EVERY STACK" : stack} until ${review}`;
}

function without(exceptions: Exceptions, others: Exceptions): ExceptionSnapshot[] {
  const key = (one: ExceptionSnapshot) => JSON.stringify([one.rule, described(one)]);
  return exceptions.filter((one) => !others.some((other) => key(other) === key(one)));
}
