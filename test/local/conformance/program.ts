// Resource graphs for conformance cases: one API with its stage, functions, permissions, keys and plans.

import { type Graph, ofType, type Resource } from "../../../graph/resource";
import type { Case, Handler, Setup } from "../../../conformance/case";
import { codeOf, functionName, starts } from "./handlers";

export const region = "us-east-1";
export const account = "123456789012";
export const apiId = "abcdef1234";
export const executionArn = `arn:aws:execute-api:${region}:${account}:${apiId}`;

export function stageOf({ stage = "test" }: Setup): string {
  return stage;
}

export function arnOf(handler: Handler): string {
  return `arn:aws:lambda:${region}:${account}:function:${functionName(handler)}`;
}

/** The handlers of a setup, and `echo`, by key. */
export function handlersOf({ handlers = {} }: Setup): Readonly<Record<string, Handler>> {
  return { echo: { kind: "echo" }, ...handlers };
}

/** The functions of several cases, each handler once, with a version 1 and the alias `live` of it. */
export function functionResources(cases: readonly Case[]): Resource[] {
  const all = cases.flatMap(({ setup }) => Object.values(handlersOf(setup)).filter(starts));
  const byName = new Map(all.map((handler) => [functionName(handler), handler]));
  return [...byName].flatMap(([name, handler]) => [
    resource(
      "aws:lambda/function:Function",
      name,
      {
        runtime: "nodejs24.x",
        handler: "index.handler",
        memorySize: 256,
        // Longer than what most handlers sleep, and shorter than what shall be too long.
        timeout: 3,
        code: { archive: { files: { "index.js": { asset: { text: codeOf(handler) } } } } },
      },
      { arn: arnOf(handler), name, version: "1" },
    ),
    resource("aws:lambda/alias:Alias", `${name}-live`, { functionName: name, name: "live", functionVersion: "1" }),
  ]);
}

/** The graph of one case: its API and its functions. @param issuer URL that stands for the issuer of JWT authorizers */
export function graphOf(each: Case, issuer: string): Graph {
  const { api, setup } = each;
  const functions = functionResources([each]);
  const resources = /rest$/.test(api) ? restResources(each) : httpResources(each, issuer);
  const permissions = ofType(graph(functions), "aws:lambda/function:Function").map(({ name }) =>
    resource("aws:lambda/permission:Permission", `invoke-${name}`, {
      action: "lambda:InvokeFunction",
      function: name,
      principal: "apigateway.amazonaws.com",
      sourceArn: `${executionArn}/*`,
    }),
  );
  const keys = setup.keys === undefined ? [] : keyResources(setup);
  return graph([...functions, ...permissions, ...resources, ...keys]);
}

export function graph(resources: Resource[]): Graph {
  return { stack: "test", resources, examples: [], outputs: {} };
}

function restResources({ setup, endpoint }: Case): Resource[] {
  const document = setup.document ?? { paths: pathsOf(setup, {}) };
  const { binaryMediaTypes } = setup;
  const body = documentText({ openapi: "3.0.1", info: { title: "case", version: "1" }, ...document }, setup);
  const throttle =
    setup.throttle === undefined
      ? []
      : [
          resource("aws:apigateway/methodSettings:MethodSettings", "settings", {
            restApi: apiId,
            stageName: stageOf(setup),
            methodPath: "*/*",
            settings: { throttlingRateLimit: setup.throttle.rate, throttlingBurstLimit: setup.throttle.burst },
          }),
        ];
  return [
    component,
    resource(
      "aws:apigateway/restApi:RestApi",
      "api",
      {
        name: "case",
        body,
        ...(binaryMediaTypes === undefined ? {} : { binaryMediaTypes }),
        ...(endpoint === "EDGE" ? { endpointConfiguration: { types: "EDGE" } } : {}),
      },
      { executionArn },
      apiId,
    ),
    resource("aws:apigateway/deployment:Deployment", "deployment", { restApi: apiId }),
    resource("aws:apigateway/stage:Stage", "stage", {
      restApi: apiId,
      deployment: "deployment",
      stageName: stageOf(setup),
    }),
    ...throttle,
  ];
}

function httpResources({ api, setup }: Case, issuer: string): Resource[] {
  const document = setup.document ?? {
    paths: pathsOf(setup, { security: [] }, { payloadFormatVersion: "2.0", connectionType: "INTERNET" }),
  };
  const cors = setup.cors === undefined ? {} : { "x-amazon-apigateway-cors": setup.cors };
  const body = documentText(
    { openapi: "3.0.1", info: { title: "case", version: "1" }, ...cors, ...document },
    setup,
    // What is made is judged with its own issuer.
    api.startsWith("create-") ? undefined : issuer,
  );
  return [
    component,
    resource("aws:apigatewayv2/api:Api", "api", { protocolType: "HTTP", body }, { executionArn }, apiId),
    resource("aws:apigatewayv2/stage:Stage", "stage", {
      apiId,
      name: stageOf(setup),
      autoDeploy: true,
      ...(setup.throttle === undefined
        ? {}
        : {
            defaultRouteSettings: {
              throttlingRateLimit: setup.throttle.rate,
              throttlingBurstLimit: setup.throttle.burst,
            },
          }),
    }),
  ];
}

function keyResources(setup: Setup): Resource[] {
  return setup.keys!.flatMap(({ name, value, enabled = true, plan }) => [
    resource("aws:apigateway/apiKey:ApiKey", name, { value, enabled }, { value, enabled }),
    ...(plan === undefined
      ? []
      : [
          resource("aws:apigateway/usagePlan:UsagePlan", `plan-${name}`, {
            apiStages: [{ apiId, stage: stageOf(setup) }],
            ...(plan.rate === undefined
              ? {}
              : { throttleSettings: { rateLimit: plan.rate, burstLimit: plan.burst ?? plan.rate } }),
            ...(plan.quota === undefined ? {} : { quotaSettings: { limit: plan.quota, period: plan.period ?? "DAY" } }),
          }),
          resource("aws:apigateway/usagePlanKey:UsagePlanKey", `join-${name}`, {
            keyId: name,
            keyType: "API_KEY",
            usagePlanId: `plan-${name}`,
          }),
        ]),
  ]);
}

/** The short form's routes as the paths of a document. */
function pathsOf(setup: Setup, fields: object, integration: object = {}): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, handler } of setup.routes ?? []) {
    const [name, verb] = path === "$default" || path === "/$default" ? ["/$default", "ANY"] : [path, method];
    (paths[name] ??= {})[verb === "ANY" ? "x-amazon-apigateway-any-method" : verb.toLowerCase()] = {
      ...fields,
      ...(name === "/$default" ? { isDefaultRoute: true } : {}),
      "x-amazon-apigateway-integration": {
        type: "aws_proxy",
        httpMethod: "POST",
        uri: `lambda:${handler}`,
        ...integration,
      },
    };
  }
  return paths;
}

/** The document with each `lambda:<key>` replaced by the function's invocation URI, and the issuer by the local one. */
function documentText(document: object, setup: Setup, issuer?: string): string {
  const handlers = handlersOf(setup);
  return JSON.stringify(document, (key, value: unknown) => {
    if (typeof value !== "string") return value;
    if (key === "issuer" && issuer !== undefined) return issuer;
    const handler = /^lambda:([\w-]+)$/.exec(value)?.[1];
    if (handler === undefined) return value.replaceAll("<executionArn>", executionArn);
    if (!Object.hasOwn(handlers, handler)) throw new Error(`no handler ${handler}`);
    return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arnOf(handlers[handler]!)}/invocations`;
  });
}

function resource(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  outputs: object = {},
  id = name,
): Resource {
  return {
    ...{ type, name, urn: `urn:pulumi:test::model-serving::${type}::${name}`, id },
    ...{ parent: type === "model-serving:infra:Case" ? "" : componentUrn, inputs, outputs: { ...inputs, ...outputs } },
    ...{ dependencies: [], propertyDependencies: {}, protect: false, deleteBeforeReplace: false, secrets: [] },
  };
}

const componentUrn = "urn:pulumi:test::model-serving::model-serving:infra:Case::case";
const component = resource("model-serving:infra:Case", "case", {});
