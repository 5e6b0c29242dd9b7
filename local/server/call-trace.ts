// What a request meets on its way through a gateway, for people who watch a run: each gate in AWS's order, and when it let the request
// on or ended it. It is filled with every request, so it only keeps what is known already.

export interface PassedGate {
  /** For example `webAcl`, `authorization`: as the pipelines name their phases. */
  readonly gate: string;
  /** Milliseconds from the start of the call to the gate's verdict. */
  readonly ms: number;
}

/** What the gateway knows of a call once it has answered. */
export interface KnownCall {
  /** `x-amzn-RequestId` or `apigw-requestid`; absent: no API has seen the request. */
  readonly requestId?: string;
  /** `Root=1-…`, by which the functions' log lines name the call. */
  readonly traceId?: string;
  /** The route's template; absent: no route matched. */
  readonly route?: string;
  /** Id of the API key that was accepted. */
  readonly apiKeyId?: string;
  /** Type of the gateway's own response, which took the place of the integration's. */
  readonly responseType?: string;
  /** Why the gateway refused it, which the caller never sees. Contains no credential. */
  readonly reason?: string;
  /** Milliseconds that the integration took. */
  readonly integrationMs?: number;
}

export class CallTrace {
  /** By `performance.now()`. */
  readonly started = performance.now();
  /** In the order in which they were met; the last one gave the answer. */
  readonly gates: PassedGate[] = [];
  known: KnownCall = {};

  /** Notes that a gate has given its verdict. */
  met(gate: string): void {
    this.gates.push({ gate, ms: performance.now() - this.started });
  }
}

/** The response to a request that ends before an API sees it; the trace, if somebody watches, notes where and why. */
export function endedAt<Response>(
  gate: string,
  { trace }: { readonly trace?: CallTrace },
  reason: string,
  response: Response,
): Response {
  trace?.met(gate);
  if (trace !== undefined) trace.known = { reason };
  return response;
}
