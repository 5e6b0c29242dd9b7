// Throttling of an HTTP API's stage: the route's limit, then the account's.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html

import type { Graph, Resource } from "../../../graph/resource";
import { type Throttle, TokenBucket, accountBucket } from "./throttling";
import { throttleOf } from "./usage-plans";

export class HttpApiThrottle {
  private readonly standard: Throttle | undefined;
  private readonly own = new Map<string, Throttle>();
  /** By route key, so their number is bounded by the document. */
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly account: TokenBucket;

  /** @throws Unenforceable for limits that are not numbers */
  constructor(
    stage: Resource,
    graph: Graph,
    private readonly clock: () => number,
  ) {
    this.standard = limits(stage.urn, stage.inputs["defaultRouteSettings"]);
    const routes = Array.isArray(stage.inputs["routeSettings"]) ? (stage.inputs["routeSettings"] as unknown[]) : [];
    for (const settings of routes) {
      const throttle = limits(stage.urn, settings);
      if (throttle) this.own.set(String((settings as { routeKey?: unknown }).routeKey), throttle);
    }
    this.account = accountBucket(graph, clock());
  }

  /**
   * Whether a request may pass; a rejected request consumes no token. Default settings give each route a bucket of its
   * own.
   */
  allows(routeKey: string): boolean {
    const now = this.clock();
    const throttle = this.own.get(routeKey) ?? this.standard;
    const bucket = throttle && (this.buckets.get(routeKey) ?? new TokenBucket(throttle, now));
    if (bucket) this.buckets.set(routeKey, bucket);
    const counters = bucket ? [bucket, this.account] : [this.account];
    if (!counters.every((counter) => counter.has(now))) return false;
    for (const counter of counters) counter.take();
    return true;
  }
}

function limits(urn: string, settings: unknown): Throttle | undefined {
  const { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit } = (settings ?? {}) as Record<
    string,
    unknown
  >;
  if ((rateLimit ?? -1) === -1 && (burstLimit ?? -1) === -1) return undefined;
  return throttleOf(urn, { rateLimit, burstLimit });
}
