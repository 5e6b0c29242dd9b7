// What integrations have in common: their context and result, and the Lambda function behind a route of a REST or HTTP
// API: which one, whether it may be invoked, and its invocation.

import { payloadLimit } from "../../../contract";
import type { Functions, Invocation } from "../../functions/environments/invocation";
import type { Integration as Declared } from "../../../graph/openapi";
import type { Exchange, GatewayResponse } from "../request/exchange";
import { mayInvoke } from "./invoke-permission";
import { functionOfUri } from "../../../graph/function-ref";
import { Unenforceable } from "../../base/unenforceable";
import type { Graph } from "../../../graph/resource";
import type { HttpResponse } from "../../server/http-message";
import type { MediaMatch } from "../request/media-types";

/** Responds to a request, or returns the gateway's own response. */
export type Integrate = (
  exchange: Exchange,
) => Promise<HttpResponse | GatewayResponse> | HttpResponse | GatewayResponse;

export interface IntegrationContext {
  readonly graph: Graph;
  readonly functions: Functions;
  readonly isBinary: MediaMatch;
  /** `arn:aws:execute-api:<region>:<account>:<api>/<stage>` */
  readonly stageArn: string;
  /** Path template of the route. */
  readonly path: string;
  /** Names the operation in error messages. */
  readonly where: string;
}

export interface LambdaTarget {
  readonly arn: string;
  /** How long API Gateway waits for the function. */
  readonly timeoutMs: number;
  /** Whether the function's resource policy lets API Gateway invoke it for a request with this method. */
  permits(method: string): boolean;
}

/** Limits and default of `timeoutInMillis`. */
export interface Timeouts {
  readonly least: number;
  readonly most: number;
  readonly standard: number;
}

/** @throws Unenforceable for an integration that API Gateway would reject */
export function lambdaTarget(
  declared: Declared,
  { graph, stageArn, path, where }: Pick<IntegrationContext, "graph" | "stageArn" | "path" | "where">,
  timeouts: Timeouts,
): LambdaTarget {
  const target = functionOfUri(declared.uri ?? "");
  if (!target) throw new Unenforceable(where, "has an integration uri that names no Lambda function by its ARN");
  if (declared.httpMethod !== "POST") throw new Unenforceable(where, "invokes Lambda with another method than POST");
  const timeoutMs = declared.timeoutInMillis ?? timeouts.standard;
  if (!Number.isInteger(timeoutMs) || timeoutMs < timeouts.least || timeoutMs > timeouts.most)
    throw new Unenforceable(where, `has a timeoutInMillis outside ${timeouts.least} to ${timeouts.most}`);
  const permitted = new Map<string, boolean>();
  return {
    arn: target.arn,
    timeoutMs,
    permits: (method) => {
      const allowed = permitted.get(method) ?? mayInvoke(graph, target, `${stageArn}/${method}${path}`);
      permitted.set(method, allowed);
      return allowed;
    },
  };
}

/** Invokes the function, and records latency and status for the access log. */
export async function invokeTarget(
  functions: Functions,
  { arn, timeoutMs }: LambdaTarget,
  event: object,
  exchange: Exchange,
): Promise<Invocation> {
  const started = performance.now();
  const invocation = await functions.invoke(arn, event, { timeoutMs });
  const latencyMs = Math.round(performance.now() - started);
  exchange.integration = { latencyMs, status: invocation.kind === "throttled" ? 429 : 200 };
  return invocation;
}

/**
 * Whether the event exceeds Lambda's payload limit. The exact size is computed only for bodies that come close to it.
 */
export function overPayloadLimit(
  event: { readonly body?: string | null; readonly isBase64Encoded: boolean },
  bodyBytes: number,
): boolean {
  // JSON escapes a character as up to six (`\u0000`). Headers and query, at most 10 KB together, appear at most twice.
  if (bodyBytes * 6 < payloadLimit - 256 * 1024) return false;
  const envelope = Buffer.byteLength(JSON.stringify({ ...event, body: "" }));
  const body = event.isBase64Encoded ? event.body!.length : Buffer.byteLength(JSON.stringify(event.body));
  return envelope + body > payloadLimit;
}
