// The resource policy of a REST API: from which networks and by which principals it may be called. Shares no code with the
// local gateway, so that a test can compare the two interpretations.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html

import { type Decision, invoke, matches } from "./call-policies";
import { NotUnderstood } from "./not-understood";

export interface ResourcePolicy {
  /** The networks (CIDR) that its statements distinguish from all others; absent: it ignores the source address. */
  readonly networks?: readonly string[];
  decide(asked: PolicyRequest): Decision;
}

export interface PolicyRequest {
  /** `execute-api:/<stage>/<METHOD>/<path>`. */
  readonly resource: string;
  /** Whether the caller's address is in the networks. */
  readonly inside: boolean;
  /** Absent: the call is not signed. */
  readonly signer?: Signer;
}

export interface Signer {
  /** ARN of a user, a role or an account's root, as a policy names it. */
  readonly arn: string;
  readonly account: string;
}

interface ResourceStatement {
  readonly allow: boolean;
  readonly principals: readonly string[];
  readonly resources: readonly string[];
  /** `true`: applies only inside the networks; `false`: only outside; absent: everywhere. */
  readonly inside?: boolean;
  readonly networks?: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const fields = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
const named = /^(\*|\d{12}|arn:[\w-]+:iam::\d{12}:(root|(role|user)\/[\w+=,.@/-]+))$/;

/** @throws NotUnderstood for any other kind of statement: one that is ignored could be a Deny */
export function resourcePolicyOf(policy: unknown, urn: string): ResourcePolicy {
  const fail = (why: string): never => {
    throw new NotUnderstood(urn, `its resource policy ${why}`);
  };
  const statements = listOf((policy as Json | null)?.Statement).map((each) => statementOf(each, fail));
  const lists = statements.flatMap(({ networks }) => (networks === undefined ? [] : [networks]));
  const [networks] = lists;
  // With one list, a caller is either inside or outside. With several, each overlap would need a credential of its own.
  if (lists.some((list) => list.join() !== networks!.join())) fail("has statements about different networks");
  return {
    networks,
    decide: ({ resource, inside, signer }) => {
      const fitting = statements.filter(
        (each) =>
          each.resources.some((pattern) => matches(pattern, resource)) &&
          each.principals.some((wanted) => names(wanted, signer)) &&
          (each.inside === undefined || each.inside === inside),
      );
      if (fitting.some(({ allow }) => !allow)) return "deny";
      return fitting.length > 0 ? "allow" : "silent";
    },
  };
}

function statementOf(statement: unknown, fail: Fail): ResourceStatement {
  if (typeof statement !== "object" || statement === null) return fail("has a statement that is not an object");
  const unknown = Object.keys(statement).find((field) => !fields.includes(field));
  if (unknown !== undefined) return fail(`has a statement with ${unknown}`);
  const { Effect, Principal, Action, Resource, Condition } = statement as Json;
  if (Effect !== "Allow" && Effect !== "Deny") return fail("has a statement that neither allows nor denies");
  const actions = listOf(Action).map(String);
  if (!actions.some((pattern) => matches(pattern.toLowerCase(), invoke.toLowerCase())))
    return fail("has a statement about something else than calling");
  const resources = listOf(Resource).map(String);
  // A full ARN contains an API id, which could be that of another API.
  if (!resources.every((pattern) => pattern.startsWith("execute-api:/"))) return fail("names an API by its ARN");
  return {
    allow: Effect === "Allow",
    principals: principalsOf(Principal, fail),
    resources,
    ...(Condition === undefined ? {} : networkOf(Condition, Effect, fail)),
  };
}

function principalsOf(principal: unknown, fail: Fail): string[] {
  if (principal === "*") return ["*"];
  const { AWS, ...others } = (principal ?? {}) as Json;
  const listed = listOf(AWS).map(String);
  const known = Object.keys(others).length === 0 && listed.length > 0 && listed.every((one) => named.test(one));
  return known ? listed : fail("names principals of a kind that is not known");
}

/** Supports Allow inside a list and Deny outside of it: other conditions on addresses let in callers they do not name. */
function networkOf(
  condition: unknown,
  effect: "Allow" | "Deny",
  fail: Fail,
): Pick<ResourceStatement, "inside" | "networks"> {
  const operator = effect === "Allow" ? "IpAddress" : "NotIpAddress";
  const [[found, block] = [], ...others] = Object.entries(condition as Record<string, Json>);
  const [[key, list] = [], ...keys] = Object.entries(block ?? {});
  if (found !== operator || key?.toLowerCase() !== "aws:sourceip" || others.length + keys.length > 0)
    return fail(`has a condition other than ${operator} on aws:SourceIp in ${effect}`);
  return { inside: effect === "Allow", networks: listOf(list).map(String).sort() };
}

/** An unsigned caller matches only `*`; an account matches all of its principals. */
function names(wanted: string, signer: Signer | undefined): boolean {
  if (wanted === "*") return true;
  const [, account] = /^(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?$/.exec(wanted) ?? [];
  return signer !== undefined && (account === undefined ? signer.arn === wanted : signer.account === account);
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

type Fail = (why: string) => never;
