// The interface of a rule: a requirement in the affirmative, the resource types it applies to, and the check of one
// resource. The controls that require it are in pack.ts.

import type { Resource } from "../../graph/resource";
import type { View } from "./view";

export interface Rule {
  /** The requirement in the affirmative, in kebab case; also the name of the file. */
  readonly name: string;
  /** The requirement as one sentence. */
  readonly says: string;
  /** Type tokens, or `*` for every type; every resource of these types is checked. */
  readonly types: readonly string[];
  /**
   * The flaws of the resource, none if it complies; `undefined` if the rule does not apply to it, which is not a pass.
   * @throws UnknownValue, Unreadable
   */
  check(resource: Resource, view: View): readonly Flaw[] | undefined;
}

/** A violation. The message names the field and the limit, never the value. */
export interface Flaw {
  readonly message: string;
  /**
   * The part concerned (an action, a principal, a route) if a resource can break the rule in several ways; else empty.
   */
  readonly about: string;
}

export function flaw(message: string, about = ""): Flaw {
  return { message, about };
}

/** A flaw for each condition that does not hold. @param demands the flaw's message → whether the resource complies */
export function unmet(demands: Readonly<Record<string, boolean>>): Flaw[] {
  return Object.entries(demands)
    .filter(([, holds]) => !holds)
    .map(([message]) => flaw(message));
}
