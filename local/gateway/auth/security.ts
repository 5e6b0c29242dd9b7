// What an operation requires of its callers: authorizer, scopes, API key.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html

import type { OpenApiDocument, OpenApiOperation, OpenApiSecurityScheme } from "../request/document";
import { Unenforceable } from "../../base/unenforceable";
import { extensionType, requirementOf, scopeWords } from "./requirement";

export interface Security {
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
export function securityOf(operation: OpenApiOperation, document: OpenApiDocument): Security {
  const requirement = requirementOf(operation, document);
  let keyRequired = false;
  const extension = extensionType(operation);
  let signed = false;
  let scheme: NamedScheme | undefined;
  let scopes: readonly string[] = [];
  for (const [name, asked] of Object.entries(requirement)) {
    const found = schemeOf(name, document);
    const words = scopeWords(asked, at(name));
    const kind = kindOf(found, name);
    if (kind !== "authorizer" && words.length > 0) throw new Unenforceable(at(name), "takes no scopes");
    if (kind === "apiKey") keyRequired = true;
    else if (scheme || signed || (extension === "AWS_IAM" && kind !== "iam"))
      throw new Unenforceable(at(name), "an operation can have one authorizer only");
    else if (kind === "iam") signed = true;
    else [scheme, scopes] = [{ name, scheme: found }, words];
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
  const { type, name: header, in: place } = scheme;
  const authtype = scheme["x-amazon-apigateway-authtype"];
  const authorizer = scheme["x-amazon-apigateway-authorizer"];
  if (type !== "apiKey") throw new Unenforceable(at(name), "is not of type apiKey, as AWS's extensions ask");
  // A REQUEST authorizer has identity sources of its own; its scheme's header is named "Unused".
  if (place !== "header") throw new Unenforceable(at(name), "is not in a header");
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
