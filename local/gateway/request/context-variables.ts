// `$context.*` variables for access logs and gateway responses. Each is resolved to a getter once, at the start.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html

import { header } from "../../server/api-request";
import { domainName, type Exchange, type LoggedResponse, clfTime } from "./exchange";

/**
 * Returns a variable's text; `undefined` if the request has no value for it. Only the access log passes a `response`.
 */
export type Getter = (exchange: Exchange, outcome?: LoggedResponse) => string | undefined;

const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

const identity = (field: string): Getter => {
  return (exchange) => exchange.caller?.identity?.[field];
};

const variables: Readonly<Record<string, Getter>> = {
  accountId: ({ request }) => request.api.account,
  "authorizer.error": ({ gatewayResponse, caller }) =>
    gatewayResponse?.authorizerError ?? scalar(own(caller?.authorizer, "error")),
  apiId: ({ request }) => request.api.id,
  deploymentId: ({ deploymentId }) => deploymentId,
  domainName: ({ request }) => domainName(request),
  "customDomain.basePathMatched": ({ request }) => request.domain && (request.domain.basePath.slice(1) || "(none)"),
  domainPrefix: ({ request }) => domainName(request).split(".")[0],
  "error.message": ({ gatewayResponse }) => gatewayResponse?.message ?? undefined,
  "error.messageString": ({ gatewayResponse }) =>
    gatewayResponse ? JSON.stringify(gatewayResponse.message) : undefined,
  "error.responseType": ({ gatewayResponse }) => gatewayResponse?.type,
  "error.validationErrorString": ({ gatewayResponse }) => gatewayResponse?.validationError,
  extendedRequestId: ({ extendedRequestId }) => extendedRequestId,
  httpMethod: ({ request }) => request.method,
  "identity.accountId": identity("accountId"),
  "identity.apiKeyId": ({ apiKey }) => apiKey?.id,
  "identity.caller": identity("caller"),
  "identity.clientCert.clientCertPem": ({ request }) => request.clientCert?.clientCertPem,
  "identity.clientCert.issuerDN": ({ request }) => request.clientCert?.issuerDN,
  "identity.clientCert.serialNumber": ({ request }) => request.clientCert?.serialNumber,
  "identity.clientCert.subjectDN": ({ request }) => request.clientCert?.subjectDN,
  "identity.clientCert.validity.notAfter": ({ request }) => request.clientCert?.validity.notAfter,
  "identity.clientCert.validity.notBefore": ({ request }) => request.clientCert?.validity.notBefore,
  "identity.principalOrgId": identity("principalOrgId"),
  "identity.sourceIp": ({ request }) => request.sourceIp,
  "identity.user": identity("user"),
  "identity.userAgent": ({ request }) => header(request, "user-agent"),
  "identity.userArn": identity("userArn"),
  "integration.error": ({ integration }) => integration?.error,
  "integration.integrationStatus": ({ integration }) => text(integration?.status),
  "integration.latency": ({ integration }) => text(integration?.latencyMs),
  "integration.requestId": ({ integration }) => integration?.requestId,
  "integration.status": ({ integration }) => text(integration?.status),
  integrationErrorMessage: ({ integration }) => integration?.error,
  integrationLatency: ({ integration }) => text(integration?.latencyMs),
  integrationStatus: ({ integration }) => text(integration?.status),
  path: ({ request }) => request.stagePath,
  protocol: ({ protocol }) => protocol,
  requestId: ({ request }) => request.requestId,
  requestTime: ({ request }) => clfTime(request.receivedAt),
  requestTimeEpoch: ({ request }) => String(request.receivedAt),
  resourceId: ({ resourceId }) => resourceId || undefined,
  resourcePath: ({ request }) => request.resource || undefined,
  routeKey: ({ routeKey }) => routeKey,
  responseLatency: (_, outcome) => text(outcome?.latencyMs),
  responseLength: (_, outcome) => text(outcome?.responseLength),
  stage: ({ request }) => request.api.stage,
  status: (_, outcome) => text(outcome?.status),
  xrayTraceId: ({ traceId }) => traceId,
};

/** Credentials that the caller presented: always without a value, so that no log discloses them. */
const credentials = /^identity\.(?:apiKey|accessKey)$/;

/**
 * @param name what follows `$context.`, for example `identity.sourceIp` or `authorizer.claims.sub`
 * @returns `undefined` for an unknown variable
 */
export function contextVariable(name: string): Getter | undefined {
  if (credentials.test(name)) return () => undefined;
  if (Object.hasOwn(variables, name)) return variables[name];
  const claim = /^authorizer\.claims\.(.+)$/.exec(name)?.[1];
  if (claim !== undefined) return (exchange) => scalar(own(exchange.caller?.authorizer?.["claims"], claim));
  const property = /^authorizer\.([^.]+)$/.exec(name)?.[1];
  if (property !== undefined) return (exchange) => scalar(own(exchange.caller?.authorizer, property));
  return undefined;
}

function own(record: unknown, key: string): unknown {
  return typeof record === "object" && record !== null && Object.hasOwn(record, key)
    ? (record as Record<string, unknown>)[key]
    : undefined;
}

function scalar(value: unknown): string | undefined {
  return typeof value === "object" ? undefined : text(value);
}
