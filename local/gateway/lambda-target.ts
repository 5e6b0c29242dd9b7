// The Lambda function behind a route of either kind of API: which one, whether it may be invoked, and the invocation itself.

import { payloadLimit } from "../../contract";
import type { Functions, Invocation } from "../functions/functions";
import type { Integration as Declared } from "./document";
import type { Exchange } from "./exchange";
import type { IntegrationContext } from "./integrate";
import { functionOfUri, mayInvoke } from "./invoke-permission";
import { Unenforceable } from "./unenforceable";

export interface LambdaTarget {
  readonly arn: string;
  /** How long API Gateway waits. */
  readonly timeoutMs: number;
  /** Whether the function's permissions let API Gateway invoke it for a call of this method. */
  permits(method: string): boolean;
}

/** In milliseconds. */
export interface Timeouts {
  readonly least: number;
  readonly most: number;
  readonly standard: number;
}

/** @throws Unenforceable where the integration is not one API Gateway would take */
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

/** Invokes, and notes for the access log how it went. */
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

/** Whether the event is over Lambda's payload limit. Its exact size is only worked out for bodies that come near. */
export function overPayloadLimit(
  event: { readonly body?: string | null; readonly isBase64Encoded: boolean },
  bodyBytes: number,
): boolean {
  // Headers and query are bounded by 10 KB and appear at most twice, each character as six (`\u0000`); text likewise as six.
  if (bodyBytes * 6 < payloadLimit - 256 * 1024) return false;
  const envelope = Buffer.byteLength(JSON.stringify({ ...event, body: "" }));
  const body = event.isBase64Encoded ? event.body!.length : Buffer.byteLength(JSON.stringify(event.body));
  return envelope + body > payloadLimit;
}
