// A small REST API in a hand-written graph, served in memory and called without a network.

import type { LogRecord } from "../../../local/base/log-record";
import type { Graph, Resource } from "../../../graph/resource";
import type { Functions, Invocation } from "../../../local/functions/environments/invocation";
import type { Caller } from "../../../local/server/api-request";
import type { ProxyEvent } from "../../../local/gateway/rest/rest-event";
import type { HttpRequest, ServedApi } from "../../../local/server/http-message";
import type { UsageCheck } from "../../../local/gateway/rest/rest-pipeline";
import { restApis } from "../../../local/gateway/rest/rest-api";
import type { MethodAuthorization } from "../../../local/gateway/rest/rest-authorization";
import type { GatewayResponse } from "../../../local/gateway/request/exchange";

export const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:model:live";
export const executionArn = "arn:aws:execute-api:us-east-1:123456789012:abcdefghij";

export const proxy = {
  type: "aws_proxy",
  httpMethod: "POST",
  uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
};

export interface Declared {
  readonly paths?: Record<string, Record<string, unknown>>;
  /** Other fields of the document. */
  readonly document?: Record<string, unknown>;
  readonly api?: Record<string, unknown>;
  readonly stage?: Record<string, unknown>;
  readonly permission?: Record<string, unknown> | null;
  readonly more?: readonly Resource[];
}

export function resource(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  rest: Partial<Resource> = {},
): Resource {
  return {
    type,
    name,
    urn: `urn:pulumi:dev::model-serving::${type}::${name}`,
    id: name,
    parent: "",
    inputs,
    outputs: { ...inputs },
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    deleteBeforeReplace: false,
    secrets: [],
    ...rest,
  };
}

export function graphOf(declared: Declared = {}): Graph {
  const component = resource("model-serving:infra:ApiGatewayModule", "apiGateway", {}, { id: "" });
  const paths = declared.paths ?? { "/mymodel": { post: { "x-amazon-apigateway-integration": proxy } } };
  const body = JSON.stringify({ openapi: "3.0.1", info: { title: "t", version: "1" }, paths, ...declared.document });
  const resources = [
    component,
    resource(
      "aws:apigateway/restApi:RestApi",
      "api",
      { name: "api", body, ...declared.api },
      { id: "abcdefghij", parent: component.urn, outputs: { executionArn } },
    ),
    resource("aws:apigateway/deployment:Deployment", "dep123", { restApi: "abcdefghij" }),
    resource("aws:apigateway/stage:Stage", "stage", {
      restApi: "abcdefghij",
      deployment: "dep123",
      stageName: "dev",
      ...declared.stage,
    }),
  ];
  return graphWith(resources, declared, `${executionArn}/dev/*`);
}

/** The graph of an API with the permission to invoke its function, which a test can change or remove (`null`). */
export function graphWith(api: readonly Resource[], declared: Declared, sourceArn: string): Graph {
  const granted = {
    action: "lambda:InvokeFunction",
    function: "model",
    principal: "apigateway.amazonaws.com",
    qualifier: "live",
    sourceArn,
  };
  const permission =
    declared.permission === null
      ? []
      : [resource("aws:lambda/permission:Permission", "permission", { ...granted, ...declared.permission })];
  const resources = [...api, ...permission, ...(declared.more ?? [])];
  return { stack: "dev", resources, examples: [], outputs: {} };
}

export interface Fixture {
  readonly api: ServedApi;
  readonly events: ProxyEvent[];
  readonly accessLog: string[];
  readonly accessRecords: LogRecord[];
  readonly reasons: string[];
  send(method: string, url: string, options?: Partial<HttpRequest>): Promise<TestResponse>;
}

export interface TestResponse {
  readonly status: number;
  /** By lower-case name; repeated headers are joined by a comma. */
  readonly headers: Record<string, string>;
  readonly body: string;
  /** Header names in the order and case in which they were sent. */
  readonly names: readonly string[];
}

export interface Doubles {
  readonly invocation?: (event: ProxyEvent, timeoutMs: number) => Invocation | Promise<Invocation>;
  readonly authorize?: () => Caller | GatewayResponse;
  readonly checkUsage?: UsageCheck["check"];
  readonly keyRequired?: boolean;
}

export const ok: Invocation = { kind: "result", payload: { statusCode: 200, body: "{}" } };

export function fixture(declared: Declared = {}, doubles: Doubles = {}): Fixture {
  const events: ProxyEvent[] = [];
  const accessLog: string[] = [];
  const accessRecords: LogRecord[] = [];
  const reasons: string[] = [];
  const functions: Functions = {
    invoke: async (_arn, event, { timeoutMs }) => {
      events.push(event as ProxyEvent);
      return (await doubles.invocation?.(event as ProxyEvent, timeoutMs)) ?? ok;
    },
  };
  const authorization: MethodAuthorization = {
    auth: "NONE",
    keyRequired: doubles.keyRequired ?? false,
    authorize: () => Promise.resolve(doubles.authorize?.() ?? {}),
  };
  const [api] = restApis({
    graph: graphOf(declared),
    functions,
    accessControl: { authorization: () => authorization, usage: () => ({ check: doubles.checkUsage ?? (() => ({})) }) },
    accessLog: (_, line, record) => {
      accessLog.push(line);
      accessRecords.push(record);
    },
    errorLog: (_, __, reason) => reasons.push(reason),
  });
  return {
    api: api!,
    events,
    accessLog,
    accessRecords,
    reasons,
    send: (method, url, options) => send(api!, request(method, url, options)),
  };
}

export async function send(api: ServedApi, sent: HttpRequest): Promise<TestResponse> {
  const { status, headers, body } = await api.respond(sent);
  const folded: Record<string, string> = {};
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    folded[lower] = folded[lower] === undefined ? value : `${folded[lower]}, ${value}`;
  }
  return { status, headers: folded, body: body.toString(), names: headers.map(([name]) => name) };
}

export function request(method: string, url: string, options: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method,
    url,
    protocol: "HTTP/1.1",
    headers: [["Host", "localhost:8443"]],
    body: Buffer.alloc(0),
    sourceIp: "127.0.0.1",
    receivedAt: Date.UTC(2026, 10, 21, 7, 8, 9, 123),
    ...options,
  };
}
