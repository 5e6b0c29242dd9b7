// The routes of an API document: what each asks of its callers, from OpenAPI's `security` and AWS's extensions, and the
// status that it answers to a caller that is let in. Of the local gateway it shares only the reader of the syntax, so that
// a test can compare the two interpretations.

import { environment, scope } from "../contract";
import { functionOfUri } from "../graph/function-ref";
import {
  methodFields,
  type OpenApiDocument,
  type OpenApiOperation,
  type OpenApiSecurityScheme,
  operationsOf,
  securitySchemesOf,
} from "../graph/openapi";
import { type Graph, ofType } from "../graph/resource";
import { NotUnderstood } from "./not-understood";
import type { Kind } from "./rules";
import { successOf } from "./success";

export interface ApiRoute {
  /** Upper case. */
  readonly method: string;
  /** Path template, for example `/v2/models/{model}`. */
  readonly path: string;
  readonly requirements: RouteRequirements;
  /** Status of a valid request that is let in. */
  readonly success: number;
  /** Whether the gateway answers by itself (mock integration). */
  readonly mock: boolean;
}

/** Fields of a path item that define no route. */
const harmless = ["parameters", "summary", "description"];
const methods = Object.keys(methodFields).filter((field) => methodFields[field] !== "ANY");

export interface RouteRequirements {
  readonly authorization: Authorization;
  /** Whether an API key is required, alone or in addition. */
  readonly apiKey: boolean;
}

export type Authorization =
  | { readonly kind: "anyone" }
  | { readonly kind: "signature" }
  /** Tokens. `scopes`: one of them is required; empty: none is. `granted`: the scopes that a correct token carries. */
  | { readonly kind: "pool"; readonly scopes: Texts; readonly granted: Texts; readonly pool: string }
  | { readonly kind: "lambda" | "jwt"; readonly scopes: Texts; readonly granted: Texts; readonly tokensOf: TokensOf };

/** Issuer and accepted audiences of the tokens. */
export interface TokensOf {
  readonly issuer: string;
  readonly audience: Texts;
}

type Texts = readonly string[];
type Json = Readonly<Record<string, unknown>>;
/** @throws NotUnderstood for any other way of routing: greedy paths, `$default`, unknown methods or integrations */
export function routesOf(document: OpenApiDocument, kind: Kind, graph: Graph, urn: string): ApiRoute[] {
  for (const [path, item] of Object.entries(document.paths)) {
    const unknown = Object.keys(item).find((field) => !methods.includes(field) && !harmless.includes(field));
    if (unknown !== undefined) throw new NotUnderstood(`${urn}: ${path}`, `its field ${unknown} is not known`);
    if (/[+]}|\$default/.test(path)) throw new NotUnderstood(`${urn}: ${path}`, "it takes any path");
  }
  return [...operationsOf(document)].map(({ path, method, operation }) => {
    const where = `${urn}: ${method} ${path}`;
    return {
      method,
      path,
      requirements: requirementsOf(operation, document, kind, graph, where),
      ...successOf(operation, where),
    };
  });
}

/**
 * @param document the whole API document
 * @param where URN and route, for the error message
 * @throws NotUnderstood for any authorization that is not supported here
 */
function requirementsOf(
  operation: OpenApiOperation,
  document: OpenApiDocument,
  kind: Kind,
  graph: Graph,
  where: string,
): RouteRequirements {
  const fail = (why: string): never => {
    throw new NotUnderstood(where, why);
  };
  // A REST API applies the root's to operations without their own (recorded on AWS in 2025: LocalStack,
  // test_apigateway_import). Of HTTP APIs, and of an operation that is opened by an empty list, nothing is recorded.
  if (document.security !== undefined && kind === "HTTP") return fail("`security` is at the document's root");
  if (document.security !== undefined && JSON.stringify(operation.security) === "[]")
    return fail("`security` is empty, and that at the document's root is not");
  const listed = operation.security ?? document.security ?? [];
  if (!Array.isArray(listed)) return fail("`security` is not a list");
  // In OpenAPI, several entries are alternatives; API Gateway requires all of them, and documents one scheme per entry.
  const requirement = (listed as Record<string, Texts>[]).flatMap((entry) => {
    const named = Object.entries(entry);
    return named.length === 1 ? named : fail("`security` has an entry that names not exactly one scheme");
  });
  let apiKey = false;
  let authorization: Authorization | undefined;
  for (const [name, scopes] of requirement) {
    const scheme = securitySchemesOf(document)[name] ?? fail(`the scheme ${name} is not declared`);
    const found = requirementOf(scheme, scopes, kind, graph, fail);
    if (found === "key") apiKey = true;
    else if (authorization !== undefined) fail("`security` names two authorizers");
    else authorization = found;
  }
  // May repeat what `security` requires, but not say otherwise. AWS compares its value without case.
  const extension = operation["x-amazon-apigateway-auth"];
  if (extension !== undefined) {
    const type = String(extension.type).toUpperCase();
    if (type === "AWS_IAM") authorization ??= { kind: "signature" };
    if (
      type !== (authorization?.kind === "signature" ? "AWS_IAM" : "NONE") ||
      (type === "NONE" && authorization !== undefined)
    )
      fail("x-amazon-apigateway-auth contradicts `security`");
  }
  return { authorization: authorization ?? { kind: "anyone" }, apiKey };
}

function requirementOf(
  scheme: OpenApiSecurityScheme,
  scopes: Texts,
  kind: Kind,
  graph: Graph,
  fail: Fail,
): Authorization | "key" {
  const authtype = scheme["x-amazon-apigateway-authtype"];
  const authorizer = scheme["x-amazon-apigateway-authorizer"] as Json | undefined;
  const { in: location, name } = scheme;
  if (authorizer === undefined && authtype === "awsSigv4") return { kind: "signature" };
  if (
    authorizer === undefined &&
    authtype === undefined &&
    location === "header" &&
    String(name).toLowerCase() === "x-api-key"
  ) {
    // An HTTP API accepts such a scheme, but does not enforce it.
    return kind === "REST" ? "key" : fail("an HTTP API has no API keys");
  }
  // This project's authorizer is one of REST APIs: what another lets in, only its code says.
  if (kind === "HTTP" && authorizer?.type === "request")
    return fail("what the Lambda authorizer of an HTTP API lets in is not known");
  if (kind === "HTTP" && authorizer?.type === "jwt") return jwt(authorizer, scopes, graph, fail);
  if (kind === "REST" && authtype === "cognito_user_pools") return pool(authorizer ?? {}, scopes, graph, fail);
  if (kind === "REST" && authtype === "custom") return lambda(authorizer ?? {}, scopes, graph, fail);
  return fail("a security scheme is of a kind that is not known");
}

function pool(authorizer: Json, scopes: Texts, graph: Graph, fail: Fail): Authorization {
  const [arn, ...others] = (authorizer.providerARNs ?? []) as Texts;
  const found = ofType(graph, "aws:cognito/userPool:UserPool").find(({ outputs }) => outputs.arn === arn);
  if (found === undefined || others.length > 0) return fail("its user pool is not one of this stack");
  const clients = ofType(graph, "aws:cognito/userPoolClient:UserPoolClient");
  const granted = clients
    .filter(({ inputs }) => inputs.userPoolId === found.id)
    .flatMap(({ inputs }) => (inputs.allowedOauthScopes ?? []) as Texts);
  return { kind: "pool", scopes, granted, pool: found.id };
}

/** The authorizer function's environment names issuer and audience; its code requires the scope in `contract.ts`. */
function lambda({ authorizerUri }: Json, scopes: Texts, graph: Graph, fail: Fail): Authorization {
  const name = functionOfUri(String(authorizerUri))?.name;
  const found = ofType(graph, "aws:lambda/function:Function").find(({ inputs }) => inputs.name === name);
  const variables = (found?.inputs.environment as { variables?: Record<string, string> } | undefined)?.variables ?? {};
  const { [environment.tokenIssuer]: issuer, [environment.tokenAudience]: audience } = variables;
  if (found?.inputs.handler !== "authorizer.handler" || issuer === undefined || audience === undefined)
    return fail("its authorizer is not this project's");
  if (scopes.length > 0) return fail("a Lambda authorizer does not see the scopes of `security`");
  const granted = grantedFor([audience], graph);
  return { kind: "lambda", scopes: [scope], granted, tokensOf: { issuer, audience: [audience] } };
}

function jwt(authorizer: Json, scopes: Texts, graph: Graph, fail: Fail): Authorization {
  const { issuer, audience } = (authorizer.jwtConfiguration ?? {}) as Partial<TokensOf>;
  if (authorizer.identitySource !== "$request.header.Authorization") return fail("its token is not in Authorization");
  if (issuer === undefined || audience === undefined) return fail("its JWT authorizer names no issuer or audience");
  return { kind: "jwt", scopes, granted: grantedFor(audience, graph), tokensOf: { issuer, audience } };
}

/** Scopes that the stack grants to its own client; for an issuer outside the stack, the scope that it should grant. */
function grantedFor(audience: Texts, graph: Graph): Texts {
  const grants = ofType(graph, "auth0:index/clientGrant:ClientGrant");
  const own = grants.filter(({ inputs }) => audience.includes(String(inputs.audience)));
  return own.length === 0 ? [scope] : own.flatMap(({ inputs }) => (inputs.scopes ?? []) as Texts);
}

type Fail = (why: string) => never;
