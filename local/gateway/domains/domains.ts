// The own domains of a program: their names, the TLS they speak, and which API lies under which of their paths.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html

import { type Graph, ofType, type Resource } from "../../../graph/resource";
import type { TlsVersion } from "../front";
import { isEnhanced, oldestVersion } from "../security-policy";
import { Unenforceable } from "../unenforceable";

export interface Domain {
  /** Lower case. */
  readonly name: string;
  readonly minVersion: TlsVersion;
  /** Clients have to show a certificate of the truststore. */
  readonly mutualTls: boolean;
  /** Endpoint access mode STRICT. */
  readonly strictHost: boolean;
  /** What it is a resource of: it answers for paths that map nothing in that service's words. */
  readonly kind: "REST" | "HTTP";
  /** Longest base path first. */
  readonly mappings: readonly Mapping[];
}

export interface Mapping {
  /** Physical id. */
  readonly apiId: string;
  readonly stage: string;
  /** For example `/v1`; empty for the root. */
  readonly basePath: string;
}

/** @throws Unenforceable for a domain that AWS would refuse, or that is not served here */
export function domainsOf(graph: Graph): Domain[] {
  const rest = ofType(graph, "aws:apigateway/domainName:DomainName").map((resource) =>
    domainOf(resource, "REST", resource.inputs, graph),
  );
  const http = ofType(graph, "aws:apigatewayv2/domainName:DomainName").map((resource) =>
    domainOf(resource, "HTTP", recordOf(resource.inputs["domainNameConfiguration"]), graph),
  );
  const domains = [...rest, ...http];
  const twice = domains.find(({ name }, index) => domains.findIndex((other) => other.name === name) !== index);
  if (twice) throw new Unenforceable(twice.name, "is declared by two domain names");
  return domains;
}

/** @param tls where securityPolicy stands: the resource's inputs, or an HTTP API's domainNameConfiguration */
function domainOf(
  resource: Resource,
  kind: Domain["kind"],
  tls: Readonly<Record<string, unknown>>,
  graph: Graph,
): Domain {
  const { inputs, urn } = resource;
  const name = String(inputs["domainName"]).toLowerCase();
  if (!/^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name))
    throw new Unenforceable(
      urn,
      "has a domainName that is not a domain name, or is a wildcard, which is not served locally",
    );
  const mutualTls = isSet(recordOf(inputs["mutualTlsAuthentication"])["truststoreUri"]);
  const policy = tls["securityPolicy"];
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html (considerations)
  if (isEnhanced(policy) && mutualTls)
    throw new Unenforceable(urn, "has an enhanced security policy and mutual TLS: AWS refuses the two together");
  const mappings = mappingsOf(name, graph);
  if (isEnhanced(policy) && mappings.some(({ apiId }) => isHttpApi(apiId, graph)))
    throw new Unenforceable(urn, "has an enhanced security policy and maps an HTTP API: AWS refuses the two together");
  return {
    name,
    minVersion: oldestVersion(policy),
    mutualTls,
    strictHost: inputs["endpointAccessMode"] === "STRICT",
    kind,
    mappings,
  };
}

function mappingsOf(name: string, graph: Graph): Mapping[] {
  const ofBasePaths = ofType(graph, "aws:apigateway/basePathMapping:BasePathMapping").map(({ inputs, urn }) =>
    mapping(urn, inputs["domainName"], inputs["restApi"], inputs["stageName"], inputs["basePath"]),
  );
  const ofKeys = ofType(graph, "aws:apigatewayv2/apiMapping:ApiMapping").map(({ inputs, urn }) =>
    mapping(urn, inputs["domainName"], inputs["apiId"], inputs["stage"], inputs["apiMappingKey"]),
  );
  const mappings = [...ofBasePaths, ...ofKeys].filter(({ domain }) => domain === name);
  return mappings
    .map(({ apiId, stage, basePath }) => ({ apiId, stage, basePath }))
    .sort((one, other) => other.basePath.length - one.basePath.length);
}

function mapping(
  urn: string,
  domain: unknown,
  apiId: unknown,
  stage: unknown,
  path: unknown,
): Mapping & { domain: string } {
  // Without a stage, callers choose one by the path.
  if (!isSet(stage)) throw new Unenforceable(urn, "names no stage, which is not served locally");
  const key = isSet(path) && path !== "(none)" ? String(path) : "";
  if (!/^[A-Za-z0-9$_.+!*'()/-]*$/.test(key) || key.startsWith("/") || key.endsWith("/") || key.includes("//"))
    throw new Unenforceable(urn, "has a base path that API Gateway would not take");
  return {
    domain: String(domain).toLowerCase(),
    apiId: String(apiId),
    stage: String(stage),
    basePath: key === "" ? "" : `/${key}`,
  };
}

function isHttpApi(id: string, graph: Graph): boolean {
  return ofType(graph, "aws:apigatewayv2/api:Api").some((api) => api.id === id);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
