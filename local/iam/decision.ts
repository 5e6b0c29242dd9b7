// Evaluates policies for one request.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import type { ConditionKeys } from "./condition";
import type { Patterns, Policy, Statement } from "./policy";
import { matchesWildcard } from "./wildcard";

/** `explicitDeny` overrides everything; `implicitDeny`: no statement allows the request. */
export type Decision = "allow" | "implicitDeny" | "explicitDeny";

export interface Action {
  /** For example `execute-api:Invoke`. */
  readonly action: string;
  /**
   * ARNs that name the same resource (as sent, decoded …): a Deny on any of them denies, and Allows must cover all of
   * them, so that no spelling of a path evades a policy.
   */
  readonly resources: readonly string[];
  readonly keys: ConditionKeys;
}

export function decide(policies: readonly Policy[], request: Action): Decision {
  const statements = policies.flatMap((policy) => policy.statements);
  const action = request.action.toLowerCase();
  const concerns = (statement: Statement, resource: string): boolean =>
    applies(statement.actions, action) &&
    applies(statement.resources, resource) &&
    statement.conditions.every((holds) => holds(request.keys));
  const decides = (allows: boolean, resource: string): boolean =>
    statements.some((statement) => statement.allows === allows && concerns(statement, resource));
  if (request.resources.some((resource) => decides(false, resource))) return "explicitDeny";
  if (request.resources.length > 0 && request.resources.every((resource) => decides(true, resource))) return "allow";
  return "implicitDeny";
}

function applies({ patterns, negated }: Patterns, text: string): boolean {
  return patterns.some((pattern) => matchesWildcard(pattern, text)) !== negated;
}
