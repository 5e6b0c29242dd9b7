// The Lambda authorizer (type TOKEN) of the REST APIs: accepts access tokens of one OIDC issuer, for one audience, with
// the scope that the contract names. A 401 does not tell the caller which check failed; the log tells the operator.

import { readFileSync } from "node:fs";
import path from "node:path";
import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent, Context } from "aws-lambda";
import { environment, scope } from "../contract";
import { policyFor } from "./core/token/authorizer-policy";
import { isTokenError, readToken, type Token, type TokenError } from "./core/token/token";
import { type Expected, keyIdOf, tokenPrincipal, type TokenPrincipal } from "./core/token/token-checks";
import { isSigned, Issuer } from "./edge/issuer";

type Event = Pick<APIGatewayTokenAuthorizerEvent, "authorizationToken" | "methodArn">;
type InvocationContext = Pick<Context, "awsRequestId">;
export type Authorizer = (event: Event, context?: InvocationContext) => Promise<APIGatewayAuthorizerResult>;

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
    const { policy, ...decision } = await decide(event, expected, issuer);
    log({ ...decision, requestId: context?.awsRequestId });
    if (policy) return policy;
    // API Gateway answers 401 to an error with exactly the message "Unauthorized", and 500 to any other.
    throw new Error(decision.outcome === "unauthorized" ? "Unauthorized" : "the token cannot be judged");
  };
}

type DecisionWithPolicy = Decision & { readonly policy?: APIGatewayAuthorizerResult };

async function decide(event: Event, expected: Expected, issuer: Issuer): Promise<DecisionWithPolicy> {
  const token = readToken(event.authorizationToken);
  if (isTokenError(token)) return { outcome: "unauthorized", reason: token.error };
  const keyId = token.header.kid;
  try {
    const principal = await verify(token, expected, issuer);
    if (isTokenError(principal)) return { outcome: "unauthorized", reason: principal.error, keyId };
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
export async function verify(token: Token, expected: Expected, issuer: Issuer): Promise<TokenPrincipal | TokenError> {
  const header = keyIdOf(token.header);
  if (isTokenError(header)) return header;
  const principal = tokenPrincipal(token.claims, expected, Date.now() / 1000);
  if (isTokenError(principal)) return principal;
  const key = await issuer.key(header.keyId);
  if (!key) return { error: "unknown-key" };
  return isSigned(token, key, expected) ? principal : { error: "signature" };
}

function messages(error: unknown): string {
  if (!(error instanceof Error)) return "not an error";
  return error.cause === undefined ? error.message : `${error.message}: ${messages(error.cause)}`;
}

/** @throws Error if an environment variable is missing, or the file that one names; every request is then answered with 500 */
function fromEnvironment(): Authorizer {
  const required = (name: string): string => {
    const value = process.env[name];
    if (value === undefined || value === "") throw new Error(`the environment variable ${name} is not set`);
    return value;
  };
  const expected = { issuer: required(environment.tokenIssuer), audience: required(environment.tokenAudience) };
  const authorities = process.env[environment.issuerAuthorities] ?? "";
  const ca = authorities === "" ? undefined : readFileSync(path.join(__dirname, authorities), "utf8");
  return authorizer(expected, new Issuer(expected.issuer, { ca }), logDecision);
}

let configured: Authorizer | undefined;

/** The Lambda entry point. */
export const handler: Authorizer = async (event, context) => (configured ??= fromEnvironment())(event, context);

export interface Decision {
  /** `allow` lets the request pass, `deny` makes API Gateway respond 403, `unauthorized` 401, `error` 500. */
  readonly outcome: "allow" | "deny" | "unauthorized" | "error";
  /** Absent for `allow`. */
  readonly reason?: string;
  /** Like `client`, only from a verified token: otherwise anyone could write any name into the log. */
  readonly subject?: string;
  readonly client?: string;
  readonly keyId?: unknown;
  readonly requestId?: string;
  /** Messages of the error that caused an `error`; they never contain the token. */
  readonly cause?: string;
}

/** Longer texts, in characters, are truncated. */
const maxLength = 128;

export function decisionLine({ outcome, reason, subject, client, keyId, requestId, cause }: Decision): string {
  const level = outcome === "allow" ? "info" : outcome === "error" ? "error" : "warn";
  const texts = { reason, subject, client, kid: keyId, requestId, cause };
  const shown = Object.entries(texts).flatMap(([name, text]) =>
    typeof text === "string" ? [[name, plain(text)]] : [],
  );
  return JSON.stringify({ level, event: "authorize", outcome, ...Object.fromEntries(shown) });
}

/** Truncates, and keeps printable ASCII only: the caller chooses the `kid`, and log viewers may render it. */
function plain(text: string): string {
  return text.slice(0, maxLength).replace(/[^\x20-\x7e]/g, "?");
}

function logDecision(decision: Decision): void {
  process.stdout.write(`${decisionLine(decision)}\n`);
}
