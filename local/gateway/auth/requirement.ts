// Reads an operation's `security` and `x-amazon-apigateway-auth`, independent of the kind of API and of its schemes.

import type { OpenApiDocument, OpenApiOperation } from "../request/document";
import { Unenforceable } from "../../base/unenforceable";

/**
 * Scheme name → its scopes, as declared. OpenAPI treats several entries as alternatives, but API Gateway requires all
 * of them: AWS SAM adds an API key to an authorizer that way. How it treats two schemes in one entry is not documented.
 * Sources: https://github.com/aws/serverless-application-model (samtranslator/swagger/swagger.py, ApiKeyRequired),
 * https://github.com/amazon-archives/aws-apigateway-importer/issues/204 (the root's is ignored)
 * @throws Unenforceable for `security` at the document's root, an entry without exactly one scheme, a repeated one
 */
export function requirementOf(
  operation: OpenApiOperation,
  document: OpenApiDocument,
): Readonly<Record<string, unknown>> {
  if (document.security !== undefined)
    throw new Unenforceable(
      "security",
      "is at the document's root, where API Gateway ignores it: give it to each operation",
    );
  const listed: unknown = operation.security ?? [];
  if (!Array.isArray(listed)) throw new Unenforceable("security", "is not a list");
  const requirement = new Map<string, unknown>();
  for (const entry of listed as unknown[]) {
    const named = typeof entry === "object" && entry !== null ? Object.entries(entry) : [];
    if (named.length === 0)
      throw new Unenforceable("security", "has an empty entry: for open access the list itself is empty");
    const [[name, asked]] = named as [[string, unknown]];
    if (named.length > 1) throw new Unenforceable("security", "names two schemes in one entry: give each its own");
    if (requirement.has(name)) throw new Unenforceable("security", `names ${name} twice`);
    requirement.set(name, asked);
  }
  return Object.fromEntries(requirement);
}

/** The scopes (RFC 6749 section 3.3). @throws Unenforceable for anything but a list of scope names */
export function scopeWords(asked: unknown, where: string): readonly string[] {
  const isWord = (scope: unknown): scope is string =>
    typeof scope === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope);
  if (!Array.isArray(asked) || !asked.every(isWord))
    throw new Unenforceable(where, "its scopes are not a list of scope words");
  return asked;
}

/**
 * What the extension requires; absent: it says nothing. Its values are case-insensitive.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-auth.html
 * @throws Unenforceable for a type that is neither AWS_IAM nor NONE
 */
export function extensionType(operation: OpenApiOperation): "AWS_IAM" | "NONE" | undefined {
  const auth = operation["x-amazon-apigateway-auth"];
  if (auth === undefined) return undefined;
  const type = String(auth.type).toUpperCase();
  if (type === "AWS_IAM" || type === "NONE") return type;
  throw new Unenforceable("x-amazon-apigateway-auth", "type is neither AWS_IAM nor NONE");
}
