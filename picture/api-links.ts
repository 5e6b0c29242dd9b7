// What an API's document names: the function behind its routes, who authorizes its callers, and by what these identify themselves.
// For the eye only: who is let in is decided by the access matrix.

import {
  authorizersOf,
  disablesDefaultEndpoint,
  operationsOf,
  type OpenApiDocument,
  parseDocument,
  securitySchemesOf,
} from "../graph/openapi";
import type { Resource } from "../graph/resource";
import { type Naming, parsed, textsOf } from "./naming";

export interface ApiLink {
  readonly target: Resource;
  readonly label: string;
  /** Whether it goes from the target to the API. */
  readonly back?: true;
}

/** What the document of an API names, once each. */
export function apiLinks(api: Resource, naming: Naming): ApiLink[] {
  const document = documentOf(api);
  const integrations = [...operationsOf(document)].map(({ operation }) => operation["x-amazon-apigateway-integration"]);
  const linked = (value: unknown): Resource[] => [
    ...new Set([...textsOf(value)].flatMap((text) => naming.named(text))),
  ];
  return [
    ...linked(integrations).map((target) => ({ target, label: "invokes" })),
    ...linked(authorizersOf(document)).map((target) => ({ target, label: "authorizes", back: true as const })),
  ];
}

/** Credentials that the routes of an API ask for, in the field's words, without those of a TLS connection. */
export function credentialsOf(api: Resource): string[] {
  const document = documentOf(api);
  const schemes = securitySchemesOf(document);
  const operations = [...operationsOf(document)].map(({ operation }) => operation);
  const required = operations.flatMap(({ security = [] }) => security.flatMap((item) => Object.keys(item)));
  const signed = operations.some((operation) => operation["x-amazon-apigateway-auth"]?.type === "AWS_IAM");
  const words = required.map((name) => {
    const {
      type,
      "x-amazon-apigateway-authtype": kind,
      "x-amazon-apigateway-authorizer": authorizer,
    } = schemes[name] ?? { type: "" };
    if (kind === "awsSigv4") return "IAM";
    if (kind === "cognito_user_pools") return "Cognito token";
    if (authorizer !== undefined) return "token";
    return type === "apiKey" ? "API key" : name;
  });
  return [...new Set([...(signed ? ["IAM"] : []), ...words])];
}

/** Whether a JWT authorizer of the API trusts an issuer that no resource stands for. */
export function trustsIssuer(api: Resource): boolean {
  return authorizersOf(documentOf(api)).some(([, { type }]) => type === "jwt");
}

/** Number of routes: paths with a method. */
export function routesOf(api: Resource): number {
  return [...operationsOf(documentOf(api))].length;
}

/** Whether the API can be called without its custom domain. */
export function hasDefaultEndpoint(api: Resource): boolean {
  return api.inputs.disableExecuteApiEndpoint !== true && !disablesDefaultEndpoint(documentOf(api));
}

/** An API whose routes are resources, not a document, has none here. */
function documentOf({ inputs }: Resource): OpenApiDocument {
  return typeof inputs.body === "string" && parsed(inputs.body) !== undefined
    ? parseDocument(inputs.body)
    : { openapi: "", paths: {} };
}
