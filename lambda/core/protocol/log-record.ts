// The log line of a request: one JSON object, which is also a CloudWatch metrics record.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

import { canaryMetrics } from "../../../contract";
import type { EndpointCall } from "../tensor/signature";
import type { GatewayContext } from "./request";

/** The parts of a request that are safe to log, filled in as the request is understood. */
export interface LoggedRequest {
  /** Method and template of the route, or the operation; never the path, which the client controls. */
  route: string;
  /** A model that is served, or `unknown`: each name that a client made up would create another metric. */
  model: string;
  /** Which model was chosen, while the requests are split between a canary and another model. */
  variant?: "canary" | "stable";
  /** Version of the model's transform, where the call went through it. */
  transform?: string;
  /** Milliseconds in the transform, without those in models. */
  transformMs?: number;
  /** Calls of endpoints, in the order in which they ended; a transform may make several. */
  endpoints?: readonly EndpointCall[];
}

/** Members that are `undefined` are left out of the line. */
export interface LogEntry extends Readonly<LoggedRequest> {
  readonly level: "info" | "warn" | "error";
  readonly status: number;
  /** Milliseconds from the event's arrival to the response. */
  readonly ms: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly principal: string;
  readonly client: string;
  /** Code of the failure, or `internal`; absent on success. */
  readonly code?: string;
  /** The underlying error, for the operator. */
  readonly cause?: string;
}

// The definitions are the same for every request, so they are JSON from the start.

const metrics = JSON.stringify([
  { Name: "Requests", Unit: "Count" },
  { Name: "ClientErrors", Unit: "Count" },
  { Name: "ServerErrors", Unit: "Count" },
  { Name: "Latency", Unit: "Milliseconds" },
]);

/** Emitted for the canary's requests only; the alarm that rolls the canary back watches them. */
const metricsOfCanary = JSON.stringify([
  { Name: canaryMetrics.requests, Unit: "Count" },
  { Name: canaryMetrics.errors, Unit: "Count" },
]);

/** Whether the request counts against the model: a 5xx, or inputs that match its signature but on which it fails. */
function isModelError({ status, code }: Pick<LogEntry, "status" | "code">): boolean {
  return status >= 500 || code === "refused-by-model";
}

/**
 * The log line, without a line break. Made for every request: only what the request determines is serialised.
 * @param listed whether the API has a list of clients. Only then do metrics have the dimension Client: its values are bounded
 * @param namespace CloudWatch namespace of the metrics; empty: the line carries none
 * @param now milliseconds since the epoch
 */
export function logLine(entry: LogEntry, listed: boolean, namespace: string, now: number): string {
  const members = JSON.stringify(entry);
  if (namespace === "") return members;
  const { status } = entry;
  const canary = entry.variant === "canary";
  const definition = (dimensions: string, names: string): string =>
    `{"Namespace":${JSON.stringify(namespace)},"Dimensions":[["Model"]${dimensions}],"Metrics":${names}}`;
  const definitions =
    definition(listed ? ',["Client","Model"]' : "", metrics) + (canary ? `,${definition("", metricsOfCanary)}` : "");
  return (
    `${members.slice(0, -1)},"_aws":{"Timestamp":${now},"CloudWatchMetrics":[${definitions}]}` +
    `,"Model":${JSON.stringify(entry.model)}` +
    (listed ? `,"Client":${JSON.stringify(entry.client)}` : "") +
    `,"Requests":1,"ClientErrors":${status >= 400 && status < 500 ? 1 : 0},"ServerErrors":${status >= 500 ? 1 : 0}` +
    `,"Latency":${entry.ms}` +
    (canary ? `,"${canaryMetrics.requests}":1,"${canaryMetrics.errors}":${isModelError(entry) ? 1 : 0}` : "") +
    "}"
  );
}

// Who sent a request, as API Gateway authenticated it, for the log. Names and ids only, never a key or a token.

interface LoggedPrincipal {
  /** Id of the authenticated user, role, application or API key; empty if the event has none. */
  readonly principal: string;
  /** Id of the application (OAuth client or API key) that the caller used; empty if the event has none. */
  readonly client: string;
}

/** Longer names, in characters, are truncated: an issuer may make a claim as long as it likes. */
const longest = 256;

export function loggedPrincipal(context: GatewayContext): LoggedPrincipal {
  const authorizer = fields(context.authorizer);
  const jwt = fields(authorizer["jwt"]);
  const claims = fields(authorizer["claims"] ?? jwt["claims"]);
  // HTTP APIs nest a Lambda authorizer's context one level deeper than REST APIs do.
  const own = fields(authorizer["lambda"] ?? context.authorizer);
  const iam = fields(authorizer["iam"]);
  const identity = fields(context.identity);
  const certificate = fields(identity["clientCert"] ?? fields(context.authentication)["clientCert"]);
  return {
    principal: first(
      own["subject"],
      own["principalId"],
      claims["sub"],
      claims["client_id"],
      iam["userArn"],
      identity["userArn"],
      certificate["subjectDN"],
      identity["apiKeyId"],
    ),
    client: first(own["client"], claims["client_id"], claims["azp"], identity["apiKeyId"]),
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function first(...values: readonly unknown[]): string {
  const found = values.find((value) => typeof value === "string" && value !== "");
  return typeof found === "string" ? found.slice(0, longest) : "";
}
