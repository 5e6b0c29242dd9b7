// The custom domains of a program: their names and TLS settings, and the API mapped to each base path.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html

import { recordOf } from "../base/record";
import { type Graph, ofType, type Resource } from "../../graph/resource";
import {
  type TlsVersion,
  messageResponse,
  type HttpRequest,
  type HttpResponse,
  type ServedApi,
} from "../server/http-message";
import { Unenforceable } from "../base/unenforceable";
import { statusResponse, asHttpApiResponse } from "./responses/http-api-responses";
import { endedAt } from "../server/call-trace";
import { badRequest, beyondLimits, malformedTarget, overLimit } from "../server/limits";
import { parseTarget, withoutPrefix, hostIsServerName, hostOf } from "../server/request-target";
import { isEnhanced, oldestVersion } from "./request/stage";

export interface Domain {
  /** In lower case. */
  readonly name: string;
  readonly minVersion: TlsVersion;
  /** Clients must present a certificate issued by an authority of the truststore. */
  readonly mutualTls: boolean;
  /** Endpoint access mode STRICT. */
  readonly strictHost: boolean;
  /** The service whose resource it is, which decides the form of the domain's own responses. */
  readonly kind: "REST" | "HTTP";
  /** Longest base path first. */
  readonly mappings: readonly Mapping[];
}

export interface Mapping {
  /** Physical id of the API. */
  readonly apiId: string;
  readonly stage: string;
  /** For example `/v1`; empty for the root. */
  readonly basePath: string;
}

/** @throws Unenforceable for a domain that AWS would reject, or that cannot be served locally */
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

/** @param tls contains `securityPolicy`: a REST domain's inputs, or an HTTP domain's domainNameConfiguration */
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
  // Without a stage, the caller's path selects one.
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

// A request to a custom domain: checks client certificate and access mode, then passes it to the API mapped to the
// path.

interface Mapped extends Mapping {
  readonly api: ServedApi;
}

/**
 * Responds to requests whose TLS handshake is done.
 * @throws Unenforceable for a mapping to an API or stage that is not served
 */
export function domainHandler(
  domain: Domain,
  apis: readonly ServedApi[],
  errorLog: (api: string, requestId: string, reason: string) => void,
): (request: HttpRequest) => Promise<HttpResponse> {
  const mapped = domain.mappings.map((mapping): Mapped => {
    const api = apis.find(({ id, stage }) => id === mapping.apiId && stage === mapping.stage);
    if (!api) throw new Unenforceable(domain.name, "maps an API or a stage that is not of this program");
    return { ...mapping, api };
  });
  return (request) => {
    const ended = (reason: string, response: HttpResponse, gate = "domain"): Promise<HttpResponse> =>
      Promise.resolve(endedAt(gate, request, reason, response));
    const reject = (reason: string, response = forbidden[domain.kind], gate?: string): Promise<HttpResponse> => {
      errorLog(domain.name, "-", reason);
      return ended(reason, response, gate);
    };
    // The certificate comes first, so that an untrusted client learns nothing else.
    if (domain.mutualTls && !request.clientCert) {
      const reason = `the client certificate is not trusted: ${request.clientCertError ?? "none was shown"}`;
      return reject(reason, forbidden[domain.kind], "clientCertificate");
    }
    if (domain.strictHost && !hostIsServerName(request)) return reject("Host is not the name that TLS asked for");
    const rejected = beyondLimits(request);
    if (rejected) return ended(overLimit, domain.kind === "HTTP" ? asHttpApiResponse(rejected) : rejected);
    // AWS finds a domain by Host; here TLS has found it. Otherwise a request signed for another domain would be valid
    // here.
    if (!["localhost", domain.name].includes(hostOf(request) ?? "")) return reject("Host is not the domain's name");
    const path = parseTarget(request.url)?.path;
    if (path === undefined) return ended(malformedTarget, malformed[domain.kind]);
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
    if (/^\/s?ping\/?$/.test(path)) return reject("/ping and /sping are reserved for the service's health check");
    const found = mapped.find(({ basePath }) => withoutPrefix(path, basePath) !== undefined);
    if (!found) return reject("the domain maps nothing at this path", unmapped[domain.kind]);
    return found.api.respond({ ...request, domain: { name: domain.name, basePath: found.basePath } });
  };
}

const forbidden = {
  REST: messageResponse(403, "Forbidden", "ForbiddenException"),
  HTTP: messageResponse(403, "Forbidden"),
};

const malformed = { REST: badRequest, HTTP: statusResponse(400) };

const unmapped = { REST: forbidden.REST, HTTP: messageResponse(404, "Not Found") };
