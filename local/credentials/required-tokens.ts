// The tokens that the APIs of a program require: from the API documents and the authorizers' environment.

import { environment } from "../../contract";
import { functionOfUri } from "../../graph/function-ref";
import { authorizersOf, httpApiType, parseDocument, restApiType } from "../../graph/openapi";
import { type Graph, ofType, type Resource } from "../../graph/resource";

export interface RequiredToken {
  /** Physical id of the API. */
  readonly apiId: string;
  /** Exactly as in the `iss` claim. */
  readonly issuer: string;
  readonly audience: string;
}

/** One entry per API and authorizer that trusts an OIDC issuer. For user pools see `poolAsked`. */
export function requiredTokens(graph: Graph): RequiredToken[] {
  return apisOf(graph).flatMap((api) =>
    definitionsOf(api).flatMap(({ authorizerUri, jwtConfiguration }) => {
      const jwt = jwtConfiguration as { issuer?: unknown; audience?: unknown[] } | undefined;
      if (jwt) return [{ apiId: api.id, issuer: String(jwt.issuer), audience: String(jwt.audience?.[0]) }];
      const variables = variablesOf(graph, String(authorizerUri));
      const { [environment.tokenIssuer]: issuer, [environment.tokenAudience]: audience } = variables;
      return issuer !== undefined && audience !== undefined ? [{ apiId: api.id, issuer, audience }] : [];
    }),
  );
}

/** Id of the user pool whose tokens an API accepts; undefined if it has no user pool authorizer. */
export function requiredPool(graph: Graph, apiId: string): string | undefined {
  const api = apisOf(graph).find(({ id }) => id === apiId);
  const arns = api ? definitionsOf(api).flatMap(({ providerARNs }) => (providerARNs ?? []) as string[]) : [];
  return arns[0]?.split("/").pop();
}

function apisOf(graph: Graph): Resource[] {
  return [...ofType(graph, restApiType), ...ofType(graph, httpApiType)];
}

function definitionsOf({ inputs }: Resource): Readonly<Record<string, unknown>>[] {
  return authorizersOf(parseDocument(inputs.body ?? "{}")).map(([, definition]) => definition);
}

function variablesOf(graph: Graph, uri: string): Record<string, string | undefined> {
  const name = functionOfUri(uri)?.name;
  const found = ofType(graph, "aws:lambda/function:Function").find(({ outputs }) => outputs.name === name);
  return (found?.inputs.environment as { variables?: Record<string, string> } | undefined)?.variables ?? {};
}
