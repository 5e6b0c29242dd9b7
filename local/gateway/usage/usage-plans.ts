// API keys, usage plans and stage throttles, read from the graph for one stage.

import { recordOf } from "../../base/record";
import { parseDocument } from "../../../graph/openapi";
import { type Graph, ofType, type Resource } from "../../../graph/resource";
import { Unenforceable } from "../../base/unenforceable";
import { accountThrottle, type QuotaSettings, type Throttle } from "./throttling";

export interface UsagePlan {
  readonly id: string;
  readonly throttle?: Throttle;
  readonly quota?: QuotaSettings;
  /** `<resource>/<METHOD>`, for example `/mymodel/POST` → limit per API key. */
  readonly methods: ReadonlyMap<string, Throttle>;
}

export interface ApiKey {
  readonly id: string;
  readonly value: string;
  readonly enabled: boolean;
  /** The usage plan that contains the key and this stage. */
  readonly plan?: UsagePlan;
}

/** API keys that are created while the gateway runs, through the local API Gateway service. */
export interface CreatedKeys {
  /** @param digest SHA-256 of the key's value, base64 */
  byDigest(
    digest: string,
  ):
    | { readonly id: string; readonly value: string; readonly enabled: boolean; readonly planIds: readonly string[] }
    | undefined;
}

/** Where a call's API key comes from: the `x-api-key` header, or the authorizer's response. */
export type ApiKeySource = "HEADER" | "AUTHORIZER";

/**
 * The program's usage plans by id; `undefined` for a plan without this stage.
 * @throws Unenforceable for invalid limits
 */
export function plansFor(graph: Graph, apiId: string, stage: string): ReadonlyMap<string, UsagePlan | undefined> {
  return new Map(
    ofType(graph, "aws:apigateway/usagePlan:UsagePlan").map((plan) => [plan.id, planFor(plan, apiId, stage)]),
  );
}

/** All API keys of the program, with their plan for the stage. @throws Unenforceable for invalid keys and plans */
export function keysFor(graph: Graph, apiId: string, stage: string): ApiKey[] {
  const plans = plansFor(graph, apiId, stage);
  const links = ofType(graph, "aws:apigateway/usagePlanKey:UsagePlanKey");
  return ofType(graph, "aws:apigateway/apiKey:ApiKey").map((key) => {
    const value = key.outputs["value"];
    if (typeof value !== "string" || value.length < 20)
      throw new Unenforceable(key.urn, "value is shorter than 20 characters");
    // Recorded on AWS (LocalStack, test_create_api_key_with_invalid_value).
    if (value.length > 128) throw new Unenforceable(key.urn, "value is longer than 128 characters");
    const plan = links
      .filter((link) => link.inputs["keyId"] === key.id)
      .map((link) => plans.get(String(link.inputs["usagePlanId"])))
      .find((found) => found !== undefined);
    return { id: key.id, value, enabled: key.outputs["enabled"] !== false, plan };
  });
}

/** Throttles in a stage's method settings, by `<resource>/<METHOD>`; the stage's default is under its wildcard path. */
export function stageThrottles(graph: Graph, apiId: string, stage: string): Map<string, Throttle> {
  const throttles = new Map<string, Throttle>();
  for (const { urn, inputs } of ofType(graph, "aws:apigateway/methodSettings:MethodSettings")) {
    if (inputs["restApi"] !== apiId || inputs["stageName"] !== stage) continue;
    const { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit } = recordOf(inputs["settings"]);
    // The provider's value for "no limit set" is -1.
    if ((rateLimit ?? -1) === -1 && (burstLimit ?? -1) === -1) continue;
    throttles.set(methodName(String(inputs["methodPath"])), throttleOf(urn, { rateLimit, burstLimit }));
  }
  return throttles;
}

/** @throws Unenforceable if the API's key source is neither of the two */
export function keySourceOf(graph: Graph, apiId: string): ApiKeySource {
  const restApi = ofType(graph, "aws:apigateway/restApi:RestApi").find(({ id }) => id === apiId);
  const body = restApi?.inputs["body"];
  const document = typeof body === "string" ? parseDocument(body) : undefined;
  const source = restApi?.inputs["apiKeySource"] ?? document?.["x-amazon-apigateway-api-key-source"] ?? "HEADER";
  if (source === "HEADER" || source === "AUTHORIZER") return source;
  throw new Unenforceable(restApi?.urn ?? apiId, "apiKeySource is neither HEADER nor AUTHORIZER");
}

/** Normalises the provider's forms `mymodel/POST`, `/mymodel/POST` and `~1mymodel/POST` to `/mymodel/POST`. */
function methodName(path: string): string {
  return `/${path.replaceAll("~1", "/").replaceAll("~0", "~").replace(/^\/+/, "")}`;
}

function planFor(plan: Resource, apiId: string, stage: string): UsagePlan | undefined {
  const stages = listOf(plan.inputs["apiStages"]).map(recordOf);
  const own = stages.find((listed) => listed["apiId"] === apiId && listed["stage"] === stage);
  if (!own) return undefined;
  const { throttleSettings, quotaSettings } = plan.inputs;
  return {
    id: plan.id,
    throttle: throttleSettings === undefined ? undefined : throttleOf(plan.urn, recordOf(throttleSettings)),
    quota: quotaSettings === undefined ? undefined : quotaOf(plan.urn, recordOf(quotaSettings)),
    methods: new Map(
      listOf(own["throttles"])
        .map(recordOf)
        .map((throttle) => [methodName(String(throttle["path"])), throttleOf(plan.urn, throttle)]),
    ),
  };
}

/** @throws Unenforceable for limits that are not numbers */
export function throttleOf(urn: string, { rateLimit, burstLimit }: Record<string, unknown>): Throttle {
  const number = (value: unknown): value is number => typeof value === "number" && value >= 0;
  // If only one of the two is set, AWS uses the account's value for the other.
  const rate = (rateLimit ?? -1) === -1 ? accountThrottle.rateLimit : rateLimit;
  const burst = (burstLimit ?? -1) === -1 ? accountThrottle.burstLimit : burstLimit;
  if (!number(rate) || !number(burst)) throw new Unenforceable(urn, "a throttle's rate or burst is not a number");
  return { rateLimit: rate, burstLimit: burst };
}

function quotaOf(urn: string, { limit, period, offset = 0 }: Record<string, unknown>): QuotaSettings {
  // Offsets that the provider accepts: none for a day, 0 to 6 for a week, 0 to 27 for a month.
  const latest = period === "DAY" ? 0 : period === "WEEK" ? 6 : period === "MONTH" ? 27 : -1;
  if (typeof limit !== "number" || limit < 0) throw new Unenforceable(urn, "quotaSettings.limit is not a number");
  if (typeof offset !== "number" || !(offset >= 0 && offset <= latest))
    throw new Unenforceable(urn, "quotaSettings.period or offset is out of range");
  return { limit, period: period as QuotaSettings["period"], offset };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
