// The addresses at which an API answers: its default endpoint, enabled or disabled, and its custom domains.

import { disablesDefaultEndpoint, type OpenApiDocument } from "../graph/openapi";
import { type Graph, ofType, type Resource } from "../graph/resource";
import { NotUnderstood } from "./not-understood";

export interface Endpoint {
  /** Custom domain; absent for the default endpoint. */
  readonly domain?: string;
  /** Path in front of the routes, for example `/dev`; may be empty. */
  readonly basePath: string;
  /** Whether it is a disabled default endpoint, which refuses every call. */
  readonly disabled: boolean;
  /** Oldest TLS version that is accepted. */
  readonly tls: "1.0" | "1.2" | "1.3";
  /** Whether a client certificate is required. */
  readonly mutualTls: boolean;
  /** Endpoint access mode STRICT: the Host header must match the server name (SNI) of the TLS handshake. */
  readonly strictHost: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** Endpoints of a REST API with one stage. */
export function restEndpoints(api: Resource, stage: string, graph: Graph): Endpoint[] {
  const own = {
    basePath: `/${stage}`,
    disabled: api.inputs.disableExecuteApiEndpoint === true,
    tls: tlsOf(api.inputs.securityPolicy ?? "TLS_1_0", api.urn),
    mutualTls: false,
    strictHost: api.inputs.endpointAccessMode === "STRICT",
  };
  const mappings = ofType(graph, "aws:apigateway/basePathMapping:BasePathMapping")
    .filter(({ inputs }) => inputs.restApi === api.id)
    .map(({ inputs, urn }) =>
      domainEndpoint(graph, { ...inputs, stage: inputs.stageName, path: inputs.basePath }, urn),
    );
  return [own, ...mappings, ...v2Mappings(api, graph)];
}

/** Endpoints of an HTTP API with one stage. */
export function httpEndpoints(api: Resource, document: OpenApiDocument, stage: string, graph: Graph): Endpoint[] {
  const own = {
    basePath: stage === "$default" ? "" : `/${stage}`,
    // Importing a document that does not disable the endpoint enables it again, whatever the API's argument says.
    disabled: api.inputs.disableExecuteApiEndpoint === true && disablesDefaultEndpoint(document),
    // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-ciphers.html
    tls: "1.2" as const,
    mutualTls: false,
    strictHost: false,
  };
  return [own, ...v2Mappings(api, graph)];
}

function v2Mappings(api: Resource, graph: Graph): Endpoint[] {
  return ofType(graph, "aws:apigatewayv2/apiMapping:ApiMapping")
    .filter(({ inputs }) => inputs.apiId === api.id)
    .map(({ inputs, urn }) => domainEndpoint(graph, { ...inputs, path: inputs.apiMappingKey }, urn));
}

function domainEndpoint(graph: Graph, mapping: Json, urn: string): Endpoint {
  const domain = [
    ...ofType(graph, "aws:apigateway/domainName:DomainName"),
    ...ofType(graph, "aws:apigatewayv2/domainName:DomainName"),
  ].find(({ inputs }) => inputs.domainName === mapping.domainName);
  if (domain === undefined) throw new NotUnderstood(urn, "its domain is not one of this stack");
  // Without a stage, the caller chooses one in the path.
  if (typeof mapping.stage !== "string") throw new NotUnderstood(urn, "it names no stage");
  const { inputs } = domain;
  const settings = (inputs.domainNameConfiguration ?? inputs) as Json;
  const truststore = (inputs.mutualTlsAuthentication as { truststoreUri?: unknown } | undefined)?.truststoreUri;
  const path = mapping.path ?? "";
  return {
    domain: String(inputs.domainName),
    basePath: path === "" || path === "(none)" ? "" : `/${String(path)}`,
    disabled: false,
    tls: tlsOf(settings.securityPolicy ?? "TLS_1_0", domain.urn),
    mutualTls: typeof truststore === "string" && truststore !== "",
    strictHost: inputs.endpointAccessMode === "STRICT",
  };
}

/**
 * A security policy's name contains the oldest TLS version that it accepts.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
 */
function tlsOf(policy: unknown, urn: string): Endpoint["tls"] {
  const [, oldest] = /^(?:TLS|SecurityPolicy_TLS1\d)_1_([023])(?:_|$)/.exec(String(policy)) ?? [];
  if (oldest === undefined) throw new NotUnderstood(urn, "its security policy is not known");
  return `1.${oldest}` as Endpoint["tls"];
}
