// Parses IAM policy documents strictly: what is not supported is rejected, never skipped, as a skipped Deny is a hole.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

import { type Condition, conditionOf } from "./condition";
import { type PolicyOwner, PolicyError } from "./condition-keys";

/** Applies to what any of the patterns matches or, if `negated`, to what none of them matches. */
export interface Patterns {
  readonly patterns: readonly string[];
  readonly negated: boolean;
}

export interface Statement {
  readonly allows: boolean;
  /** In lower case: actions are case-insensitive. */
  readonly actions: Patterns;
  readonly resources: Patterns;
  /** All must hold. */
  readonly conditions: readonly Condition[];
}

export interface Policy {
  readonly statements: readonly Statement[];
}

/**
 * Supported elements of a statement. `Principal` belongs to resource policies, which are parsed in resource-policy.ts.
 */
const statementElements = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/**
 * Parses an identity-based policy, one that a Lambda authorizer returns, or a resource's without its principals.
 * @param document the parsed JSON document
 * @param owner what the policy is attached to
 * @throws PolicyError for what IAM rejects, and for what is not supported here (policy variables, unknown operators)
 */
export function policyOf(document: unknown, owner: PolicyOwner): Policy {
  const policy = recordOf(document, "the policy");
  onlyKeys(policy, ["Version", "Id", "Statement"], "the policy");
  const version = policy["Version"];
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17")
    throw new PolicyError("malformed", "Version is not one that IAM knows");
  const listed = policy["Statement"];
  const statements = Array.isArray(listed) ? listed : [listed];
  if (statements.length === 0) throw new PolicyError("malformed", "Statement is empty");
  return { statements: statements.map((statement) => statementOf(statement, owner)) };
}

function statementOf(value: unknown, owner: PolicyOwner): Statement {
  const statement = recordOf(value, "a statement");
  onlyKeys(statement, statementElements, "a statement");
  const effect = statement["Effect"];
  if (effect !== "Allow" && effect !== "Deny") throw new PolicyError("malformed", "Effect is neither Allow nor Deny");
  const actions = patternsOf(statement, "Action", "NotAction");
  return {
    allows: effect === "Allow",
    actions: { ...actions, patterns: actions.patterns.map((pattern) => pattern.toLowerCase()) },
    resources: patternsOf(statement, "Resource", "NotResource"),
    conditions: statement["Condition"] === undefined ? [] : conditionsOf(statement["Condition"], owner),
  };
}

function patternsOf(statement: Record<string, unknown>, element: string, negation: string): Patterns {
  const present = [element, negation].filter((name) => statement[name] !== undefined);
  if (present.length !== 1) throw new PolicyError("malformed", `a statement needs one of ${element} and ${negation}`);
  const patterns = stringsOf(statement[present[0]!], present[0]!);
  if (patterns.some((pattern) => pattern.includes("${")))
    throw new PolicyError("unsupported", `a policy variable in ${present[0]}`);
  return { patterns, negated: present[0] === negation };
}

function conditionsOf(block: unknown, owner: PolicyOwner): Condition[] {
  return Object.entries(recordOf(block, "Condition")).flatMap(([operator, keys]) =>
    Object.entries(recordOf(keys, `Condition ${operator}`)).map(([key, values]) =>
      conditionOf(operator, key, stringsOf(values, `Condition ${operator}`), owner),
    ),
  );
}

/** One or more strings; in conditions also numbers and booleans, as IAM's grammar allows. */
function stringsOf(value: unknown, element: string): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new PolicyError("malformed", `${element} is empty`);
  return values.map((one) => {
    if (typeof one === "string" && one !== "") return one;
    if (element.startsWith("Condition") && (typeof one === "number" || typeof one === "boolean")) return String(one);
    throw new PolicyError("malformed", `${element} is not a string`);
  });
}

function recordOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new PolicyError("malformed", `${what} is not an object`);
  return value as Record<string, unknown>;
}

function onlyKeys(record: Record<string, unknown>, known: readonly string[], what: string): void {
  if (Object.keys(record).some((key) => !known.includes(key)))
    throw new PolicyError("malformed", `${what} has an element that IAM does not know`);
}
