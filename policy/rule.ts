// What a rule is: a requirement in the affirmative, the resource types it looks at, and how it judges one of them.
// The rule knows how; why it is asked for, and by which control, stands in pack.ts.

import type { Resource } from "../graph/resource";
import type { View } from "./view";

export interface Rule {
  /** The requirement in the affirmative, and the name of the file. */
  readonly name: string;
  /** The requirement as one sentence. */
  readonly says: string;
  /** Resource types that it looks at; it is asked about every resource of these. */
  readonly types: readonly string[];
  /** What is wrong with the resource; `undefined` where the rule has nothing to say about it, which is no pass. */
  check(resource: Resource, view: View): readonly Flaw[] | undefined;
}

/** What is wrong, in words that name the field and the limit, never the value. */
export interface Flaw {
  readonly message: string;
  /** What it is about, where a resource can break a rule in several ways: an action, a principal, a route. */
  readonly about: string;
}

export function flaw(message: string, about = ""): Flaw {
  return { message, about };
}

/** The demands that do not hold: message → whether what it complains of is absent. */
export function unmet(demands: Readonly<Record<string, boolean>>): Flaw[] {
  return Object.entries(demands)
    .filter(([, holds]) => !holds)
    .map(([message]) => flaw(message));
}
