// A small HTTP API in a hand-written graph, served in memory and called without a network.

import type { Graph } from "../../../../graph/resource";
import type { Functions, Invocation } from "../../../../local/functions/environments/invocation";
import type { HttpRequest, ServedApi } from "../../../../local/server/http-message";
import type { HttpApiEvent } from "../../../../local/gateway/http-api/http-api-event";
import { httpApis } from "../../../../local/gateway/http-api/http-api";
import type { HttpAuthorizationContext } from "../../../../local/gateway/http-api/http-api-authorization";
import { type TestResponse, send, type Declared, functionArn, graphWith, request, resource } from "../fixture";

export const executionArn = "arn:aws:execute-api:us-east-1:123456789012:httpapi123";
/** Time at which requests arrive, unless a test sets another; milliseconds since the epoch. */
export const now = Date.UTC(2026, 10, 21, 7, 8, 9, 123);

export const lambda = {
  type: "aws_proxy",
  httpMethod: "POST",
  payloadFormatVersion: "2.0",
  connectionType: "INTERNET",
  uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
};

export const route = (fields: object = {}, integration: object = {}): Record<string, unknown> => ({
  security: [],
  "x-amazon-apigateway-integration": { ...lambda, ...integration },
  ...fields,
});

export function httpGraph(declared: Declared = {}): Graph {
  const component = resource("model-serving:infra:HttpApiModule", "httpApi", {}, { id: "" });
  const paths = declared.paths ?? { "/models": { post: route() } };
  const body = JSON.stringify({ openapi: "3.0.1", info: { title: "t", version: "1" }, paths, ...declared.document });
  const resources = [
    component,
    resource(
      "aws:apigatewayv2/api:Api",
      "api",
      { protocolType: "HTTP", body, ...declared.api },
      { id: "httpapi123", parent: component.urn, outputs: { executionArn } },
    ),
    resource("aws:apigatewayv2/stage:Stage", "stage", {
      apiId: "httpapi123",
      name: "dev",
      autoDeploy: true,
      ...declared.stage,
    }),
  ];
  return graphWith(resources, declared, `${executionArn}/*`);
}

export interface Doubles {
  readonly invocation?: (event: HttpApiEvent, timeoutMs: number) => Invocation | Promise<Invocation>;
  readonly identities?: HttpAuthorizationContext["identities"];
  readonly clock?: () => number;
  readonly authority?: string;
  readonly issuerTimeLimit?: number;
}

export interface Fixture {
  readonly api: ServedApi;
  readonly events: HttpApiEvent[];
  readonly accessLog: string[];
  readonly reasons: string[];
  send(method: string, url: string, options?: Partial<HttpRequest>): Promise<TestResponse>;
}

export const result = (payload: unknown): Invocation => ({ kind: "result", payload });

export const nobody: HttpAuthorizationContext["identities"] = {
  byAccessKeyId: () => undefined,
  poolKeys: () => [],
  caller: undefined as never,
  stranger: undefined as never,
  foreigner: undefined as never,
};

export function httpFixture(declared: Declared = {}, doubles: Doubles = {}): Fixture {
  const events: HttpApiEvent[] = [];
  const accessLog: string[] = [];
  const reasons: string[] = [];
  const functions: Functions = {
    invoke: async (_arn, event, { timeoutMs }) => {
      events.push(event as HttpApiEvent);
      const answer = await doubles.invocation?.(event as HttpApiEvent, timeoutMs);
      return answer ?? result({ statusCode: 200, body: "{}", headers: { "content-type": "application/json" } });
    },
  };
  const [api] = httpApis({
    graph: httpGraph(declared),
    functions,
    identities: doubles.identities ?? nobody,
    clock: doubles.clock ?? (() => now),
    authority: doubles.authority,
    issuerTimeLimit: doubles.issuerTimeLimit,
    accessLog: (_, line) => accessLog.push(line),
    errorLog: (_, __, reason) => reasons.push(reason),
  });
  return {
    api: api!,
    events,
    accessLog,
    reasons,
    send: (method, url, options) => send(api!, request(method, url, { receivedAt: now, ...options })),
  };
}
