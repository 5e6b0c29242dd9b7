// What an operation requires of its callers: authorizer, scopes, API key.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html

import type { OpenApiDocument, OpenApiOperation, OpenApiSecurityScheme } from "../../../graph/openapi";
import { Unenforceable } from "../../base/unenforceable";

export interface SecurityRequirements {
  readonly keyRequired: boolean;
  /** The authorizer's security scheme; absent: none. */
  readonly scheme?: NamedScheme;
  /** Scopes that the operation requires of the authorizer. */
  readonly scopes: readonly string[];
  /** Set by `x-amazon-apigateway-auth`, a SigV4 scheme, or both. */
  readonly iam: boolean;
}

export interface NamedScheme {
  readonly name: string;
  readonly scheme: OpenApiSecurityScheme;
}

const schemeProperties = new Set([
  "type",
  "name",
  "in",
  "description",
  "x-amazon-apigateway-authtype",
  "x-amazon-apigateway-authorizer",
]);

/** @throws Unenforceable for entries without exactly one scheme, unknown or unsupported schemes, and two authorizers */
export function securityOf(operation: OpenApiOperation, document: OpenApiDocument): SecurityRequirements {
  const requirement = requirementOf(operation, document, { ofRoot: true });
  let keyRequired = false;
  const extension = extensionType(operation);
  let signed = false;
  let scheme: NamedScheme | undefined;
  let scopes: readonly string[] = [];
  for (const [name, required] of Object.entries(requirement)) {
    const found = schemeOf(name, document);
    const named = scopeNames(required, at(name));
    const kind = kindOf(found, name);
    if (kind !== "authorizer" && named.length > 0) throw new Unenforceable(at(name), "takes no scopes");
    if (kind === "apiKey") keyRequired = true;
    else if (scheme || signed || (extension === "AWS_IAM" && kind !== "iam"))
      throw new Unenforceable(at(name), "an operation can have one authorizer only");
    else if (kind === "iam") signed = true;
    else [scheme, scopes] = [{ name, scheme: found }, named];
  }
  if (extension === "NONE" && (scheme || signed))
    throw new Unenforceable("x-amazon-apigateway-auth", "says NONE where security names an authorizer");
  return { keyRequired, scheme, scopes, iam: signed || extension === "AWS_IAM" };
}

function schemeOf(name: string, document: OpenApiDocument): OpenApiSecurityScheme {
  const schemes = document.components?.securitySchemes ?? {};
  const scheme = Object.hasOwn(schemes, name) ? schemes[name] : undefined;
  if (!scheme) throw new Unenforceable(at(name), "is not declared");
  const unknown = Object.keys(scheme).find((property) => !schemeProperties.has(property));
  if (unknown !== undefined) throw new Unenforceable(at(name), `has the unknown property ${unknown}`);
  return scheme;
}

function kindOf(scheme: OpenApiSecurityScheme, name: string): "apiKey" | "iam" | "authorizer" {
  const { type, name: header, in: location } = scheme;
  const authtype = scheme["x-amazon-apigateway-authtype"];
  const authorizer = scheme["x-amazon-apigateway-authorizer"];
  if (type !== "apiKey") throw new Unenforceable(at(name), "is not of type apiKey, as AWS's extensions ask");
  // A REQUEST authorizer has identity sources of its own; its scheme's header is named "Unused".
  if (location !== "header") throw new Unenforceable(at(name), "is not in a header");
  if (authtype === undefined && authorizer === undefined) {
    if (header?.toLowerCase() !== "x-api-key")
      throw new Unenforceable(at(name), "is an API key in another header than x-api-key");
    return "apiKey";
  }
  if (authtype === "awsSigv4" && authorizer === undefined) {
    if (header?.toLowerCase() !== "authorization")
      throw new Unenforceable(at(name), "is a signature in another header than Authorization");
    return "iam";
  }
  if ((authtype === "cognito_user_pools" || authtype === "custom") && authorizer !== undefined) return "authorizer";
  throw new Unenforceable(at(name), "x-amazon-apigateway-authtype is unknown, or has no authorizer");
}

function at(name: string): string {
  return `securitySchemes.${name}`;
}

// Reads an operation's `security` and `x-amazon-apigateway-auth`, independent of the kind of API and of its schemes.

/**
 * Scheme name → its scopes, as declared. OpenAPI treats several entries as alternatives, but API Gateway requires all
 * of them: AWS SAM adds an API key to an authorizer that way. How it treats two schemes in one entry is not documented.
 * Source: https://github.com/aws/serverless-application-model (samtranslator/swagger/swagger.py, ApiKeyRequired)
 * @param ofRoot whether `security` at the document's root goes for operations without their own: so a REST API (recorded
 *   on AWS in 2025 with OpenAPI 3.0.2: LocalStack, test_apigateway_import). Of HTTP APIs it is not known
 * @throws Unenforceable for an entry without exactly one scheme, a repeated one, `security` at the root where what it
 *   does is not known
 */
export function requirementOf(
  operation: OpenApiOperation,
  document: OpenApiDocument,
  { ofRoot } = { ofRoot: false },
): Readonly<Record<string, unknown>> {
  if (document.security !== undefined && !ofRoot)
    throw new Unenforceable(
      "security",
      "is at the document's root: whether an HTTP API applies it is not known, so give it to each operation",
    );
  const own: unknown = operation.security;
  // OpenAPI opens the operation then. Whether API Gateway does, nobody recorded.
  if (document.security !== undefined && Array.isArray(own) && own.length === 0)
    throw new Unenforceable(
      "security",
      "is empty beside that of the document's root: which of them counts is not known",
    );
  const listed: unknown = own ?? document.security ?? [];
  if (!Array.isArray(listed)) throw new Unenforceable("security", "is not a list");
  const requirement = new Map<string, unknown>();
  for (const entry of listed as unknown[]) {
    const named = typeof entry === "object" && entry !== null ? Object.entries(entry) : [];
    if (named.length === 0)
      throw new Unenforceable("security", "has an empty entry: for open access the list itself is empty");
    const [[name, required]] = named as [[string, unknown]];
    if (named.length > 1) throw new Unenforceable("security", "names two schemes in one entry: give each its own");
    if (requirement.has(name)) throw new Unenforceable("security", `names ${name} twice`);
    requirement.set(name, required);
  }
  return Object.fromEntries(requirement);
}

/** The scopes (RFC 6749 section 3.3). @throws Unenforceable for anything but a list of scope names */
export function scopeNames(required: unknown, where: string): readonly string[] {
  const isScopeName = (scope: unknown): scope is string =>
    typeof scope === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope);
  if (!Array.isArray(required) || !required.every(isScopeName))
    throw new Unenforceable(where, "its scopes are not a list of scope words");
  return required;
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
