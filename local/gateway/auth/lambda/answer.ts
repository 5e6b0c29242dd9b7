// A Lambda authorizer's answer: a policy, the caller's identity, and the context for the function.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html

import { type Policy, policyOf } from "../../../iam/policy";
import { PolicyError } from "../../../iam/policy-error";

export interface AuthorizerAnswer {
  readonly principalId: string;
  /** `undefined`: a policy that is valid in IAM but not supported here; it allows nothing. */
  readonly policy: Policy | undefined;
  /** All values are strings. */
  readonly context: Readonly<Record<string, string>>;
  readonly usageIdentifierKey?: string;
}

/** The parsed answer, or why it is malformed. */
export function answerOf(payload: unknown): AuthorizerAnswer | { readonly malformed: string } {
  if (typeof payload !== "object" || payload === null) return { malformed: "the answer is not an object" };
  const { principalId, policyDocument, context, usageIdentifierKey } = payload as Record<string, unknown>;
  if (typeof principalId !== "string" || principalId === "")
    return { malformed: "principalId is missing or no string" };
  if (usageIdentifierKey !== undefined && usageIdentifierKey !== null && typeof usageIdentifierKey !== "string")
    return { malformed: "usageIdentifierKey is not a string" };
  const told = contextOf(context);
  if (!told) return { malformed: "context has a value that is not a string, number or boolean" };
  let policy: Policy | undefined;
  try {
    policy = policyOf(policyDocument, { resourceOf: ["execute-api"] });
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    if (error.kind === "malformed") return { malformed: `policyDocument: ${error.message}` };
  }
  return { principalId, policy, context: told, usageIdentifierKey: usageIdentifierKey ?? undefined };
}

function contextOf(context: unknown): Record<string, string> | undefined {
  if (context === undefined || context === null) return {};
  if (typeof context !== "object" || Array.isArray(context)) return undefined;
  const entries = Object.entries(context) as [string, unknown][];
  if (!entries.every(([, value]) => ["string", "number", "boolean"].includes(typeof value))) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
