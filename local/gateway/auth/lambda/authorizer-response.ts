// Caches one authorizer's responses for their TTL: the policy, not the decision, so that each request is evaluated
// anew.

import { hash } from "node:crypto";
import { type Policy, policyOf } from "../../../iam/policy";
import { PolicyError } from "../../../iam/condition-keys";

// A Lambda authorizer's response: a policy, the caller's identity, and the context for the function.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html

export interface AuthorizerResponse {
  readonly principalId: string;
  /** `undefined`: a policy that is valid in IAM but not supported here; it allows nothing. */
  readonly policy: Policy | undefined;
  /** Strings; what was null stays so (DefinitelyTyped/DefinitelyTyped#69823). */
  readonly context: Readonly<Record<string, string | null>>;
  readonly usageIdentifierKey?: string;
}

/** The parsed response, or why it is malformed. */
export function authorizerResponseOf(payload: unknown): AuthorizerResponse | { readonly malformed: string } {
  if (typeof payload !== "object" || payload === null) return { malformed: "the answer is not an object" };
  const { principalId, policyDocument, context, usageIdentifierKey } = payload as Record<string, unknown>;
  if (typeof principalId !== "string" || principalId === "")
    return { malformed: "principalId is missing or no string" };
  if (usageIdentifierKey !== undefined && usageIdentifierKey !== null && typeof usageIdentifierKey !== "string")
    return { malformed: "usageIdentifierKey is not a string" };
  const ownContext = contextOf(context);
  if (!ownContext) return { malformed: "context has a value that is not a string, number or boolean" };
  let policy: Policy | undefined;
  try {
    policy = policyOf(policyDocument, { resourceOf: ["execute-api"] });
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    if (error.kind === "malformed") return { malformed: `policyDocument: ${error.message}` };
  }
  return { principalId, policy, context: ownContext, usageIdentifierKey: usageIdentifierKey ?? undefined };
}

function contextOf(context: unknown): Record<string, string | null> | undefined {
  if (context === undefined || context === null) return {};
  if (typeof context !== "object" || Array.isArray(context)) return undefined;
  const entries = Object.entries(context) as [string, unknown][];
  if (!entries.every(([, value]) => value === null || ["string", "number", "boolean"].includes(typeof value)))
    return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, value === null ? null : String(value)]));
}

interface Kept<T> {
  readonly response: T;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Most cached responses: a stream of new tokens that the authorizer accepts must not exhaust the memory. */
const mostKept = 5_000;

export class ResponseCache<T> {
  /** Oldest first. */
  private readonly kept = new Map<string, Kept<T>>();

  /** @param ttlSeconds 0: nothing is cached */
  constructor(private readonly ttlSeconds: number) {}

  get size(): number {
    return this.kept.size;
  }

  get(key: string, now: number): T | undefined {
    const found = this.kept.get(key);
    if (!found) return undefined;
    if (now < found.until) return found.response;
    this.kept.delete(key);
    return undefined;
  }

  put(key: string, response: T, now: number): void {
    if (this.ttlSeconds === 0) return;
    this.kept.delete(key);
    this.kept.set(key, { response, until: now + this.ttlSeconds * 1000 });
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept) this.kept.delete(oldest!);
  }
}

/**
 * Cache key of an identity: a digest, so that no token stays in memory; of JSON, so that values cannot shift between
 * the sources.
 */
export function cacheKey(identity: readonly (readonly string[])[]): string {
  return hash("sha256", JSON.stringify(identity), "base64");
}
