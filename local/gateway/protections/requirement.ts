// What an operation's `security` and `x-amazon-apigateway-auth` say, in any API document, before it is known what the schemes are.

import type { OpenApiDocument, OpenApiOperation } from "../document";
import { Unenforceable } from "../unenforceable";

/** Scheme name → what is asked of it. @throws Unenforceable for alternatives */
export function requirementOf(
  operation: OpenApiOperation,
  document: OpenApiDocument,
): Readonly<Record<string, unknown>> {
  const listed: unknown = operation.security ?? document.security ?? [];
  if (!Array.isArray(listed)) throw new Unenforceable("security", "is not a list");
  // OpenAPI reads several entries as alternatives, and an empty one as "or nothing"; API Gateway does not say what it does.
  if (listed.length > 1) throw new Unenforceable("security", "has alternatives: name all schemes in one entry");
  const [requirement] = listed as unknown[];
  if (requirement === undefined) return {};
  if (typeof requirement !== "object" || requirement === null || Object.keys(requirement).length === 0)
    throw new Unenforceable("security", "has an empty entry: for open access the list itself is empty");
  return requirement as Record<string, unknown>;
}

/** RFC 6749 section 3.3. @throws Unenforceable for what is no list of scope words */
export function scopeWords(asked: unknown, where: string): readonly string[] {
  const isWord = (scope: unknown): scope is string =>
    typeof scope === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope);
  if (!Array.isArray(asked) || !asked.every(isWord))
    throw new Unenforceable(where, "its scopes are not a list of scope words");
  return asked;
}

/** @throws Unenforceable for a type that is neither AWS_IAM nor NONE */
export function extensionSaysIam(operation: OpenApiOperation): boolean {
  const auth = operation["x-amazon-apigateway-auth"];
  if (auth === undefined || auth.type === "NONE") return false;
  if (auth.type === "AWS_IAM") return true;
  throw new Unenforceable("x-amazon-apigateway-auth", "type is neither AWS_IAM nor NONE");
}
