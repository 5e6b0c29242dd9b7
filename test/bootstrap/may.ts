// Evaluates the template's policy statements, so that tests check what they allow, not how they are written.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import { matchesWildcard } from "../../local/iam/wildcard";
import type { Statement } from "../../bootstrap/statement";

/** Condition keys of the call, with their values. */
export type Keys = Readonly<Record<string, string>>;

const operators: Readonly<Record<string, (wanted: readonly string[], got: string | undefined) => boolean>> = {
  StringEquals: (wanted, got) => got !== undefined && wanted.includes(got),
  StringEqualsIfExists: (wanted, got) => got === undefined || wanted.includes(got),
  ArnLike: (wanted, got) => got !== undefined && wanted.some((pattern) => matchesWildcard(pattern, got)),
};

/**
 * Whether the statements allow an action on a resource (ARN): one allows it, and none denies it.
 * @param statements with CloudFormation's functions already resolved to strings
 */
export function may(statements: readonly Statement[], action: string, resource: string, keys: Keys = {}): boolean {
  const speaks = (effect: string) =>
    statements.some(
      ({ Effect, Action, Resource, Condition = {} }) =>
        Effect === effect &&
        Action.some((pattern) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase())) &&
        Resource.some((pattern) => matchesWildcard(String(pattern), resource)) &&
        holds(Condition as Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>, keys),
    );
  return speaks("Allow") && !speaks("Deny");
}

function holds(condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>, keys: Keys) {
  return Object.entries(condition).every(([name, wanted]) => {
    const operator = operators[name];
    if (operator === undefined) throw new Error(`the condition ${name} is not evaluated here`);
    return Object.entries(wanted).every(([key, values]) => operator([values].flat(), keys[key]));
  });
}
