// The Lambda authorizer (type TOKEN) of the REST APIs: admits access tokens of one OIDC issuer, for one audience, with
// the scope that the contract names. A 401 does not tell the caller which check failed; the log tells the operator.

import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent, Context } from "aws-lambda";
import { environment, scope } from "../contract";
import { policyFor } from "./core/token/authorizer-policy";
import { readToken, type Token } from "./core/token/token";
import { principalOf, type Expected, type Principal } from "./core/token/token-claims";
import { keyIdOf } from "./core/token/token-header";
import { isRefused, type Refused } from "./core/token/token-refusal";
import { logDecision, type Decision } from "./edge/decision-log";
import { Issuer } from "./edge/issuer";
import { isSigned } from "./edge/token-signature";

type Event = Pick<APIGatewayTokenAuthorizerEvent, "authorizationToken" | "methodArn">;
type Caller = Pick<Context, "awsRequestId">;
export type Authorizer = (event: Event, context?: Caller) => Promise<APIGatewayAuthorizerResult>;

/**
 * An authorizer for one issuer and audience. The issuer and the log are injected for tests. Results:
 *
 *   no valid access token of this issuer   error "Unauthorized"                    401, whichever check failed
 *   valid, but without the scope           Deny policy                             403
 *   valid, with the scope                  Allow policy until the token expires
 *   not decidable (no keys to be had)      any other error                         500
 *
 * The last case is not a 401, which would make every client fetch a new token from an issuer in trouble, and would hide
 * the outage from the alarms.
 */
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

/**
 * Verifies header, claims and signature. The claims come first, so that a token that fails anyway causes no key lookup.
 * @throws IssuerUnreachable if the issuer's keys are unavailable
 */
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

/** @throws Error if an environment variable is missing; every call is then answered with 500 */
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

/** The Lambda entry point. */
export const handler: Authorizer = async (event, context) => (configured ??= fromEnvironment())(event, context);
