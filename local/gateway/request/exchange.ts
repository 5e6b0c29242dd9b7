// One call and its state so far, from which the response, the event and the access log are made.

import { dnsSuffix } from "../../../contract";
import type { Call, Caller } from "../../server/call";
import type { GatewayResponseType } from "./gateway-responses";

export interface Exchange {
  readonly call: Call;
  /** HTTP API: method and template of the route, or `$default`; absent if no route matched. */
  readonly routeKey?: string;
  /** Six characters, the same for every call of a path; empty if no route matched. */
  readonly resourceId: string;
  /** A REST API sends it as `x-amz-apigw-id`. */
  readonly extendedRequestId: string;
  readonly protocol: string;
  readonly deploymentId: string;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  /** `Root=1-…`; the caller's own if it sent a well-formed one. */
  readonly traceId: string;
  caller?: Caller;
  /** Id and value of the API key that admitted the call. */
  apiKey?: { readonly id?: string; readonly value?: string };
  fault?: Fault;
  integration?: { status?: number; latencyMs?: number; requestId?: string; error?: string };
}

/** Why the gateway answers instead of the integration. */
export interface Fault {
  readonly type: GatewayResponseType | "DEFAULT_4XX" | "DEFAULT_5XX";
  /** `$context.error.message`; `null` if API Gateway has none. */
  readonly message: string | null;
  /** Status, if it differs from the type's default. */
  readonly status?: number;
  /** `x-amzn-ErrorType`, if it differs from the type's default. */
  readonly errorType?: string;
  /** `$context.error.validationErrorString`. */
  readonly validationError?: string;
  /** `$context.authorizer.error`: the authorizer's error. */
  readonly authorizerError?: string;
  /** For the operator's log only. */
  readonly reason: string;
}

/** The response, for the access log. */
export interface Outcome {
  readonly status: number;
  /** Size of the body in bytes. */
  readonly responseLength: number;
  readonly latencyMs: number;
}

/** The custom domain of the call, or the default endpoint's name on AWS. Never the Host header: callers control it. */
export function domainName(call: Pick<Call, "api" | "domain">): string {
  if (call.domain) return call.domain.name;
  return `${call.api.id}.execute-api.${call.api.region}.${dnsSuffix(call.api.region)}`;
}
