// The program's IAM policies, reduced to their statements about calling APIs, and their evaluation. Shares no code with the
// local gateway, so that a test can compare the two interpretations.

import { type Graph, ofType } from "../graph/resource";
import { NotUnderstood } from "./not-understood";

export interface CallPolicy {
  /** Logical name of the resource. */
  readonly name: string;
  /** Whether it is a managed policy, which can be attached to callers; the others belong to a principal of the program. */
  readonly forCallers: boolean;
  readonly statements: readonly CallStatement[];
}

interface CallStatement {
  readonly allow: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const kinds = [
  "aws:iam/policy:Policy",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/userPolicy:UserPolicy",
  "aws:iam/groupPolicy:GroupPolicy",
];

export const invoke = "execute-api:Invoke";
/** Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigateway.html */
export const ofExecuteApi = [invoke, "execute-api:InvalidateCache", "execute-api:ManageConnections"] as const;

/** @throws NotUnderstood for a statement about calling APIs that has conditions or exclusions */
export function callPolicies(graph: Graph): CallPolicy[] {
  const inline = ofType(graph, "aws:iam/role:Role").flatMap(({ name, urn, inputs }) =>
    ((inputs.inlinePolicies ?? []) as { policy?: unknown }[]).map(({ policy }) => ({ name, urn, policy })),
  );
  const own = kinds.flatMap((type) =>
    ofType(graph, type).map(({ name, urn, inputs }) => ({ name, urn, policy: inputs.policy, type })),
  );
  return [...own, ...inline.map((each) => ({ ...each, type: "inline" }))]
    .map(({ name, urn, policy, type }) => ({
      name,
      forCallers: type === kinds[0],
      statements: statementsOf(policy, urn),
    }))
    .filter(({ statements }) => statements.length > 0);
}

/** Result of evaluating policies: `deny` if any statement denies, else `allow` if one allows, else `silent`. */
export type Decision = "allow" | "deny" | "silent";

/** Whether the policies allow an action on a resource (ARN). */
export function allows(policies: readonly CallPolicy[], action: string, resource: string): boolean {
  return decisionOf(policies, action, resource) === "allow";
}

export function decisionOf(policies: readonly CallPolicy[], action: string, resource: string): Decision {
  const fitting = policies
    .flatMap(({ statements }) => statements)
    .filter(({ actions }) => actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())))
    .filter(({ resources }) => resources.some((pattern) => matches(pattern, resource)));
  if (fitting.some(({ allow }) => !allow)) return "deny";
  return fitting.length > 0 ? "allow" : "silent";
}

/** Statements about execute-api. */
function statementsOf(policy: unknown, urn: string): CallStatement[] {
  const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as { Statement?: unknown } | undefined;
  return listOf(document?.Statement).flatMap((statement) => {
    const { Effect, Action, Resource, Condition, NotAction, NotResource } = statement as Record<string, unknown>;
    const actions = listOf(Action).map(String);
    const about =
      NotAction !== undefined ||
      actions.some((pattern) => ofExecuteApi.some((action) => matches(pattern.toLowerCase(), action.toLowerCase())));
    if (!about) return [];
    if (NotAction !== undefined || NotResource !== undefined || Condition !== undefined)
      throw new NotUnderstood(urn, "a statement about calling APIs has a condition or an exclusion");
    return [{ allow: Effect === "Allow", actions, resources: listOf(Resource).map(String) }];
  });
}

/** Patterns as regular expressions: each cell of a matrix is compared with all of them. */
const compiled = new Map<string, RegExp>();

/** IAM wildcards: `*` matches any text, including slashes and colons; `?` matches one character. */
export function matches(pattern: string, text: string): boolean {
  const known = compiled.get(pattern) ?? regularExpression(pattern);
  compiled.set(pattern, known);
  return known.test(text);
}

function regularExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
