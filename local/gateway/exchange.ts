// One call and what has become of it so far: what answers, the access log and the event are made from.

import type { Call, Caller } from "./call";
import type { GatewayResponseType } from "./gateway-responses";

export interface Exchange {
  readonly call: Call;
  /** Of an HTTP API: method and template of the route, or `$default`; absent where none matched. */
  readonly routeKey?: string;
  /** Six characters, stable for a path; empty where no route matched. */
  readonly resourceId: string;
  /** Answered as `x-amz-apigw-id`. */
  readonly extendedRequestId: string;
  readonly protocol: string;
  readonly deploymentId: string;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  /** `Root=1-…`: the caller's own where it sent a well-formed one. */
  readonly traceId: string;
  caller?: Caller;
  /** Id and value of the API key that the call was admitted with. */
  apiKey?: { readonly id?: string; readonly value?: string };
  fault?: Fault;
  integration?: { status?: number; latencyMs?: number; requestId?: string; error?: string };
}

/** Why the gateway answers in place of the integration. */
export interface Fault {
  readonly type: GatewayResponseType | "DEFAULT_4XX" | "DEFAULT_5XX";
  /** `$context.error.message`; `null` where API Gateway has none. */
  readonly message: string | null;
  /** Status, where it differs from the type's own. */
  readonly status?: number;
  /** `x-amzn-ErrorType`, where it differs from the type's own. */
  readonly errorType?: string;
  /** `$context.error.validationErrorString`. */
  readonly validationError?: string;
  /** `$context.authorizer.error`: what an authorizer found wrong. */
  readonly authorizerError?: string;
  /** For the operator's log alone. */
  readonly reason: string;
}

/** What was answered, for the access log. */
export interface Outcome {
  readonly status: number;
  /** Bytes of the body. */
  readonly responseLength: number;
  readonly latencyMs: number;
}

/** The domain that the call came by, or the name that AWS gives the default endpoint. Never the caller's Host header, which anyone can choose. */
export function domainName(call: Pick<Call, "api" | "domain">): string {
  if (call.domain) return call.domain.name;
  return `${call.api.id}.execute-api.${call.api.region}.amazonaws.com${call.api.partition === "aws-cn" ? ".cn" : ""}`;
}
