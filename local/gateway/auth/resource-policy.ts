// The resource policy in a REST API's document: who may call, in addition to each operation's authorization.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

import type { ApiRequest } from "../../server/api-request";
import type { OpenApiDocument } from "../../../graph/openapi";
import { Unenforceable } from "../../base/unenforceable";
import { invokeAction, keysOf, resourcesOf } from "./request-context";
import { type Decision, decide } from "../../iam/decision";
import { type Policy, policyOf } from "../../iam/policy";
import { PolicyError } from "../../iam/condition-keys";
import type { GatewayResponse } from "../request/exchange";

/** The principal that signed a request; absent unless the authorization is IAM. */
export interface Signer {
  readonly arn: string;
  readonly account: string;
}

export interface ResourcePolicy {
  /** @param now milliseconds since the epoch */
  decide(request: ApiRequest, now: number, signer?: Signer): Decision;
}

interface Named {
  readonly principals: readonly string[];
  readonly policy: Policy;
}

const where = "x-amazon-apigateway-policy";

/**
 * @returns undefined without a policy.
 * @throws Unenforceable for anything that is not supported: a skipped statement could be a Deny
 */
export function resourcePolicyOf(document: OpenApiDocument): ResourcePolicy | undefined {
  const written = document[where];
  if (written === undefined) return undefined;
  const { Statement, ...rest } = recordOf(written);
  const statements = (Array.isArray(Statement) ? Statement : [Statement]).map((statement) => named(statement, rest));
  return {
    decide: (request, now, signer) =>
      decide(
        statements
          .filter(({ principals }) => principals.some((wanted) => isNamed(wanted, signer)))
          .map((s) => s.policy),
        {
          action: invokeAction,
          resources: resourcesOf(request).map(shortForm),
          keys: keysOf(request, now, keysOfSigner(signer)),
        },
      ),
  };
}

/** The response to a request that the policy does not allow. */
export function deniedByPolicy(request: ApiRequest, decision: Decision): GatewayResponse {
  const { partition, region, account, id, stage } = request.api;
  // AWS masks the account.
  const resource = `arn:${partition}:execute-api:${region}:********${account.slice(-4)}:${id}/${stage}/${request.method}${request.path}`;
  const suffix = decision === "explicitDeny" ? " with an explicit deny" : "";
  return {
    type: "ACCESS_DENIED",
    message: `User: anonymous is not authorized to perform: ${invokeAction} on resource: ${resource}${suffix}`,
    reason: `the API's resource policy: ${decision}`,
  };
}

function named(statement: unknown, rest: Record<string, unknown>): Named {
  const { Principal, ...identity } = recordOf(statement);
  const principals = principalsOf(Principal);
  for (const resource of [identity["Resource"]].flat())
    // A full ARN would contain the API's id, which its own document cannot know.
    if (typeof resource !== "string" || !resource.startsWith("execute-api:/"))
      throw new Unenforceable(where, "a Resource is not of the form execute-api:/<stage>/<METHOD>/<path>");
  try {
    return { principals, policy: policyOf({ ...rest, Statement: [identity] }, { resourceOf: ["execute-api"] }) };
  } catch (error) {
    if (error instanceof PolicyError) throw new Unenforceable(where, error.message);
    throw error;
  }
}

function principalsOf(principal: unknown): readonly string[] {
  if (principal === "*") return ["*"];
  const { AWS, ...others } = recordOf(principal);
  const listed: unknown[] = Array.isArray(AWS) ? AWS : [AWS];
  const known = /^(\*|\d{12}|arn:[\w-]+:(iam|sts)::\d{12}:(root|(user|role|assumed-role)\/[\w+=,.@/-]+))$/;
  if (
    Object.keys(others).length > 0 ||
    !listed.every((one): one is string => typeof one === "string" && known.test(one))
  )
    throw new Unenforceable(where, "a Principal is neither * nor a principal of AWS");
  return listed;
}

/** Whether a Principal matches the signer; an unsigned request is matched by `*` only. */
function isNamed(wanted: string, signer: Signer | undefined): boolean {
  if (wanted === "*") return true;
  if (signer === undefined) return false;
  const account = /^(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?$/.exec(wanted)?.[1];
  if (account !== undefined) return signer.account === account;
  const role = /^arn:[\w-]+:iam::(\d{12}):role\/(?:[^/]+\/)*([^/]+)$/.exec(wanted);
  if (role === null) return signer.arn === wanted;
  const session = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(signer.arn);
  return session !== null && session[1] === role[1] && session[2] === role[2];
}

function keysOfSigner(signer: Signer | undefined): Record<string, string> {
  return signer === undefined ? {} : { "aws:PrincipalArn": signer.arn, "aws:PrincipalAccount": signer.account };
}

/** The form `execute-api:/<stage>/…` of a method ARN. */
function shortForm(arn: string): string {
  return `execute-api:${arn.slice(arn.indexOf("/"))}`;
}

function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Unenforceable(where, "has a part that is not an object");
  return value as Record<string, unknown>;
}
