// Compares the exceptions to the policy pack's rules: those that come or go, and those whose stack or review date changes.

import type { PropertyChange } from "./differences";
import type { ExceptionSnapshot } from "../version/snapshot";

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
