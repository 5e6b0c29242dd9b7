// Usage check of a request: API key, usage plan, and the throttles of stage and account, in API Gateway's order.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html

import { hash } from "node:crypto";
import type { Graph } from "../../../graph/resource";
import type { ApiRequest, Caller } from "../../server/api-request";
import { type Throttle, TokenBucket, Quota, accountBucket } from "./throttling";
import {
  type ApiKey,
  keysFor,
  type ApiKeySource,
  keySourceOf,
  type CreatedKeys,
  type UsagePlan,
  plansFor,
  stageThrottles,
} from "./usage-plans";
import type { GatewayResponse } from "../request/exchange";

export interface UsageRoute {
  readonly method: string;
  /** The route's template instead of the path, so that the number of counters does not depend on what callers send. */
  readonly resource: string;
  readonly keyRequired: boolean;
}

/** A limit; a token is taken only if all limits have one. */
interface Limit {
  readonly response: GatewayResponse;
  readonly counter: { has(now: number): boolean; take(): void };
}

const invalidKey = (reason: string): GatewayResponse => ({ type: "INVALID_API_KEY", message: "Forbidden", reason });
const throttled = (reason: string): GatewayResponse => ({ type: "THROTTLED", message: "Too Many Requests", reason });
const overQuota: GatewayResponse = {
  type: "QUOTA_EXCEEDED",
  message: "Limit Exceeded",
  reason: "the key's quota is used up",
};

export class Usage {
  /** By SHA-256 of the value, so that the timing of a look-up reveals nothing about a valid key. */
  private readonly keys: ReadonlyMap<string, ApiKey>;
  private readonly plans: ReadonlyMap<string, UsagePlan | undefined>;
  private readonly stageMethods: ReadonlyMap<string, Throttle>;
  private readonly keySource: ApiKeySource;
  private readonly account: TokenBucket;
  /** By key, key and method, or stage and method. Entries of rotated keys are kept until the run ends. */
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly quotas = new Map<string, Quota>();

  /** @throws Unenforceable for invalid keys, plans and throttles */
  constructor(
    graph: Graph,
    apiId: string,
    stage: string,
    private readonly clock: () => number,
    private readonly made: CreatedKeys = { byDigest: () => undefined },
  ) {
    this.plans = plansFor(graph, apiId, stage);
    this.keys = new Map(keysFor(graph, apiId, stage).map((key) => [digest(key.value), key]));
    this.stageMethods = stageThrottles(graph, apiId, stage);
    this.keySource = keySourceOf(graph, apiId);
    this.account = accountBucket(graph, clock());
  }

  /** The key of a request within its limits, or why it is rejected. A rejected request consumes nothing. */
  check(
    request: ApiRequest,
    route: UsageRoute,
    caller: Caller,
  ): GatewayResponse | { apiKeyId?: string; apiKey?: string } {
    const now = this.clock();
    const key = route.keyRequired ? this.keyOf(request, caller) : undefined;
    if (key && "type" in key) return key;
    const method = `${route.resource}/${route.method}`;
    const limits = [...(key ? this.planLimits(key, method, now) : []), ...this.stageLimits(method, now)];
    const reached = limits.find(({ counter }) => !counter.has(now));
    if (reached) return reached.response;
    for (const { counter } of limits) counter.take();
    return key ? { apiKeyId: key.id, apiKey: key.value } : {};
  }

  private keyOf(request: ApiRequest, caller: Caller): ApiKey | GatewayResponse {
    const sent = request.headers.filter(([name]) => name.toLowerCase() === "x-api-key").map(([, value]) => value);
    const [value, ...others] = this.keySource === "HEADER" ? sent : [caller.usageIdentifierKey];
    if (!value || others.length > 0) return invalidKey("the API key is missing or sent more than once");
    const digested = digest(value);
    const key = this.keys.get(digested) ?? this.madeKey(digested);
    if (!key) return invalidKey("the API key is unknown");
    if (!key.enabled) return invalidKey("the API key is disabled");
    if (!key.plan) return invalidKey("the API key is in no usage plan of this stage");
    return key;
  }

  private madeKey(digestOfValue: string): ApiKey | undefined {
    const made = this.made.byDigest(digestOfValue);
    return made && { ...made, plan: made.planIds.map((id) => this.plans.get(id)).find((plan) => plan !== undefined) };
  }

  private planLimits(key: ApiKey, method: string, now: number): Limit[] {
    const { plan } = key;
    if (!plan) return [];
    const limits: Limit[] = [];
    const own = plan.methods.get(method);
    if (own)
      limits.push({
        counter: this.bucket(`${key.id} ${method}`, own, now),
        response: throttled("the key's throttle of the method"),
      });
    if (plan.throttle)
      limits.push({ counter: this.bucket(key.id, plan.throttle, now), response: throttled("the key's throttle") });
    if (plan.quota) {
      const quota = this.quotas.get(key.id) ?? new Quota(plan.quota);
      this.quotas.set(key.id, quota);
      limits.push({ counter: quota, response: overQuota });
    }
    return limits;
  }

  /** The stage's wildcard setting is a default for each method, so each method has a bucket of its own. */
  private stageLimits(method: string, now: number): Limit[] {
    const stage = this.stageMethods.get(method) ?? this.stageMethods.get("/*/*");
    const account = { counter: this.account, response: throttled("the account's throttle") };
    if (!stage) return [account];
    return [
      { counter: this.bucket(`stage ${method}`, stage, now), response: throttled("the stage's throttle") },
      account,
    ];
  }

  private bucket(name: string, limits: Throttle, now: number): TokenBucket {
    const bucket = this.buckets.get(name) ?? new TokenBucket(limits, now);
    this.buckets.set(name, bucket);
    return bucket;
  }
}

function digest(value: string): string {
  return hash("sha256", value, "base64");
}
