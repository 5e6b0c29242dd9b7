// The interface of a rule: a requirement in the affirmative, why it is there, the resource types it applies to, and the
// check of one resource.

import type { Resource } from "../../graph/resource";
import type { View } from "./view";

export type Severity = "low" | "medium" | "high" | "critical";

export interface Rule {
  /** The requirement in the affirmative, in kebab case; also the name of the file. */
  readonly name: string;
  /** The requirement as one sentence. */
  readonly description: string;
  /** How bad a violation is. */
  readonly severity: Severity;
  /**
   * Controls that require it: ids of AWS Foundational Security Best Practices and of OWASP's API Security Top 10 (2023), or
   * `OWN.*` for this project's own where no standard has one.
   */
  readonly controls: readonly string[];
  /** Type tokens, or `*` for every type; every resource of these types is checked. */
  readonly types: readonly string[];
  /**
   * The violations of the resource, none if it complies; `undefined` if the rule does not apply to it, which is not a pass.
   * @throws UnknownValue, Unreadable
   */
  check(resource: Resource, view: View): readonly Violation[] | undefined;
}

/** A violation. The message names the field and the limit, never the value. */
export interface Violation {
  readonly message: string;
  /**
   * The part concerned (an action, a principal, a route) if a resource can break the rule in several ways; else empty.
   */
  readonly about: string;
}

export function violation(message: string, about = ""): Violation {
  return { message, about };
}

/** A violation for each requirement that is not met. @param requirements the violation's message → whether the resource complies */
export function unmet(requirements: Readonly<Record<string, boolean>>): Violation[] {
  return Object.entries(requirements)
    .filter(([, isMet]) => !isMet)
    .map(([message]) => violation(message));
}
