// The Lambda authorizer (TOKEN) of the REST APIs: lets through the access tokens of one OIDC issuer, for one audience, with
// the scope of the contract. What it answers is all that a caller learns:
//
//   not a valid access token of this issuer   "Unauthorized"          401, the same whatever failed
//   without the scope                         a policy that denies    403
//   with it                                   a policy that allows, until the token expires
//   the issuer's keys cannot be had           another error           500: nothing can be judged, so nobody is let through. A 401
//                                             would send every client to an issuer in trouble, and hide that from the alarms.

import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent, Context } from "aws-lambda";
import { environment, scope } from "../contract";
import { policyFor } from "./core/authorizer-policy";
import { readToken, type Token } from "./core/token";
import { principalOf, type Expected, type Principal } from "./core/token-claims";
import { keyIdOf } from "./core/token-header";
import { isRefused, type Refused } from "./core/token-refusal";
import { logDecision, type Decision } from "./edge/decision-log";
import { Issuer } from "./edge/issuer";
import { isSigned } from "./edge/token-signature";

type Event = Pick<APIGatewayTokenAuthorizerEvent, "authorizationToken" | "methodArn">;
type Caller = Pick<Context, "awsRequestId">;
export type Authorizer = (event: Event, context?: Caller) => Promise<APIGatewayAuthorizerResult>;

/** The authorizer of one issuer and audience. Its collaborators are given, so that a test can watch them. */
export function authorizer(expected: Expected, issuer: Issuer, log: (decision: Decision) => void): Authorizer {
  return async (event, context) => {
    const { policy, ...decision } = await judge(event, expected, issuer);
    log({ ...decision, requestId: context?.awsRequestId });
    if (policy) return policy;
    // API Gateway answers 401 to an error with exactly the message "Unauthorized", and 500 to any other.
    throw new Error(decision.outcome === "unauthorized" ? "Unauthorized" : "the token cannot be judged");
  };
}

type Verdict = Decision & { readonly policy?: APIGatewayAuthorizerResult };

async function judge(event: Event, expected: Expected, issuer: Issuer): Promise<Verdict> {
  const token = readToken(event.authorizationToken);
  if (isRefused(token)) return { outcome: "unauthorized", reason: token.refused };
  const keyId = token.header.kid;
  try {
    const principal = await verify(token, expected, issuer);
    if (isRefused(principal)) return { outcome: "unauthorized", reason: principal.refused, keyId };
    const { subject, client, scopes } = principal;
    const allowed = scopes.includes(scope);
    const policy = policyFor(principal, allowed, event.methodArn);
    return allowed
      ? { policy, outcome: "allow", subject, client, keyId }
      : { policy, outcome: "deny", reason: "scope", subject, client, keyId };
  } catch (error) {
    return { outcome: "error", reason: "failure", cause: messages(error), keyId };
  }
}

/** What the token says is checked first: a key is looked up only for a token that would pass if its signature does. */
export async function verify(token: Token, expected: Expected, issuer: Issuer): Promise<Principal | Refused> {
  const header = keyIdOf(token.header);
  if (isRefused(header)) return header;
  const principal = principalOf(token.claims, expected, Date.now() / 1000);
  if (isRefused(principal)) return principal;
  const key = await issuer.key(header.keyId);
  if (!key) return { refused: "unknown-key" };
  return isSigned(token, key, expected) ? principal : { refused: "signature" };
}

function messages(error: unknown): string {
  if (!(error instanceof Error)) return "not an error";
  return error.cause === undefined ? error.message : `${error.message}: ${messages(error.cause)}`;
}

/** @throws Error where an environment variable is missing: then every call is answered 500 */
function fromEnvironment(): Authorizer {
  const required = (name: string): string => {
    const value = process.env[name];
    if (value === undefined || value === "") throw new Error(`the environment variable ${name} is not set`);
    return value;
  };
  const expected = { issuer: required(environment.tokenIssuer), audience: required(environment.tokenAudience) };
  return authorizer(expected, new Issuer(expected.issuer), logDecision);
}

let configured: Authorizer | undefined;

/** The entry that Lambda calls. */
export const handler: Authorizer = async (event, context) => (configured ??= fromEnvironment())(event, context);
