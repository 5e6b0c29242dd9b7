// What a route asks of its callers: its own reading of OpenAPI's `security` with AWS's extensions.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html

import { environment, scope } from "../contract";
import { type Graph, ofType } from "../graph/resource";
import { NotUnderstood } from "./not-understood";
import type { Kind } from "./rules";

export interface Ask {
  readonly who: Who;
  /** An API key, alone or on top. */
  readonly key: boolean;
}

export type Who =
  | { readonly kind: "anyone" }
  | { readonly kind: "signature" }
  /** Tokens; one of the scopes is asked for, where there are any. `granted`: what a right token carries. */
  | { readonly kind: "pool"; readonly scopes: Texts; readonly granted: Texts; readonly pool: string }
  | { readonly kind: "lambda" | "jwt"; readonly scopes: Texts; readonly granted: Texts; readonly tokensOf: TokensOf };

/** Whose tokens, and for whom. */
export interface TokensOf {
  readonly issuer: string;
  readonly audience: Texts;
}

type Texts = readonly string[];
type Json = Readonly<Record<string, unknown>>;

/**
 * @param document the whole API document
 * @throws NotUnderstood for whatever is none of the protections known here
 */
export function askOf(operation: Json, document: Json, kind: Kind, graph: Graph, where: string): Ask {
  const fail = (why: string): never => {
    throw new NotUnderstood(where, why);
  };
  if (document.security !== undefined)
    return fail("`security` is at the document's root, where API Gateway ignores it");
  const listed = operation.security ?? [];
  if (!Array.isArray(listed)) return fail("`security` is not a list");
  // OpenAPI reads several entries as alternatives; API Gateway asks for all of them, and documents one scheme in each.
  const requirement = (listed as Record<string, Texts>[]).flatMap((entry) => {
    const named = Object.entries(entry);
    return named.length === 1 ? named : fail("`security` has an entry that names not exactly one scheme");
  });
  let key = false;
  let who: Who | undefined;
  for (const [name, scopes] of requirement) {
    const scheme = schemesOf(document)[name] ?? fail(`the scheme ${name} is not declared`);
    const found = protectionOf(scheme, scopes, kind, graph, fail);
    if (found === "key") key = true;
    else if (who !== undefined) fail("`security` names two authorizers");
    else who = found;
  }
  const extension = (operation["x-amazon-apigateway-auth"] as { type?: unknown } | undefined)?.type;
  if (extension === "AWS_IAM" && who === undefined) who = { kind: "signature" };
  else if (extension !== undefined && extension !== (who === undefined ? "NONE" : "AWS_IAM"))
    fail("x-amazon-apigateway-auth contradicts `security`");
  return { who: who ?? { kind: "anyone" }, key };
}

function protectionOf(scheme: Json, scopes: Texts, kind: Kind, graph: Graph, fail: Fail): Who | "key" {
  const authtype = scheme["x-amazon-apigateway-authtype"];
  const authorizer = scheme["x-amazon-apigateway-authorizer"] as Json | undefined;
  const { in: place, name } = scheme;
  if (authorizer === undefined && authtype === "awsSigv4") return { kind: "signature" };
  if (
    authorizer === undefined &&
    authtype === undefined &&
    place === "header" &&
    String(name).toLowerCase() === "x-api-key"
  ) {
    // An HTTP API takes the scheme and asks for nothing.
    return kind === "REST" ? "key" : fail("an HTTP API has no API keys");
  }
  if (kind === "HTTP" && authorizer?.type === "jwt") return jwt(authorizer, scopes, graph, fail);
  if (kind === "REST" && authtype === "cognito_user_pools") return pool(authorizer ?? {}, scopes, graph, fail);
  if (kind === "REST" && authtype === "custom") return lambda(authorizer ?? {}, scopes, graph, fail);
  return fail("a security scheme is of a kind that is not known");
}

function pool(authorizer: Json, scopes: Texts, graph: Graph, fail: Fail): Who {
  const [arn, ...others] = (authorizer.providerARNs ?? []) as Texts;
  const found = ofType(graph, "aws:cognito/userPool:UserPool").find(({ outputs }) => outputs.arn === arn);
  if (found === undefined || others.length > 0) return fail("its user pool is not one of this stack");
  const clients = ofType(graph, "aws:cognito/userPoolClient:UserPoolClient");
  const granted = clients
    .filter(({ inputs }) => inputs.userPoolId === found.id)
    .flatMap(({ inputs }) => (inputs.allowedOauthScopes ?? []) as Texts);
  return { kind: "pool", scopes, granted, pool: found.id };
}

/** The function's own environment says whose tokens it takes; its code asks for the contract's scope. */
function lambda({ authorizerUri }: Json, scopes: Texts, graph: Graph, fail: Fail): Who {
  const [, name] = /:function:([\w-]+)(?::[\w-]+)?\/invocations$/.exec(String(authorizerUri)) ?? [];
  const found = ofType(graph, "aws:lambda/function:Function").find(({ inputs }) => inputs.name === name);
  const variables = (found?.inputs.environment as { variables?: Record<string, string> } | undefined)?.variables ?? {};
  const { [environment.tokenIssuer]: issuer, [environment.tokenAudience]: audience } = variables;
  if (found?.inputs.handler !== "authorizer.handler" || issuer === undefined || audience === undefined)
    return fail("its authorizer is not this project's");
  if (scopes.length > 0) return fail("a Lambda authorizer does not see the scopes of `security`");
  const granted = grantedFor([audience], graph);
  return { kind: "lambda", scopes: [scope], granted, tokensOf: { issuer, audience: [audience] } };
}

function jwt(authorizer: Json, scopes: Texts, graph: Graph, fail: Fail): Who {
  const { issuer, audience } = (authorizer.jwtConfiguration ?? {}) as Partial<TokensOf>;
  if (authorizer.identitySource !== "$request.header.Authorization") return fail("its token is not in Authorization");
  if (issuer === undefined || audience === undefined) return fail("its JWT authorizer names no issuer or audience");
  return { kind: "jwt", scopes, granted: grantedFor(audience, graph), tokensOf: { issuer, audience } };
}

/** What the stack's own application is granted; where the issuer is somebody else's, what such an issuer is asked to grant. */
function grantedFor(audience: Texts, graph: Graph): Texts {
  const grants = ofType(graph, "auth0:index/clientGrant:ClientGrant");
  const own = grants.filter(({ inputs }) => audience.includes(String(inputs.audience)));
  return own.length === 0 ? [scope] : own.flatMap(({ inputs }) => (inputs.scopes ?? []) as Texts);
}

type Fail = (why: string) => never;

function schemesOf(document: Json): Readonly<Record<string, Json>> {
  return (document.components as { securitySchemes?: Record<string, Json> } | undefined)?.securitySchemes ?? {};
}
