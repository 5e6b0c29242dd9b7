// The program's APIs, reduced to what decides who may call them.

import { environment, planTag } from "../contract";
import {
  DocumentError,
  httpApiType,
  type OpenApiDocument,
  parseDocument,
  restApiType,
  stagesOf,
} from "../graph/openapi";
import { type Graph, ofType, type Resource } from "../graph/resource";
import { clientsOf, type ListedClient } from "./clients";
import { type Endpoint, httpEndpoints, restEndpoints } from "./endpoints";
import { NotUnderstood } from "./not-understood";
import { type ResourcePolicy, resourcePolicyOf } from "./resource-policy";
import { type ApiRoute, routesOf } from "./routes";
import { type GatewayResponse, gatewayResponses, type Kind } from "./rules";
import { originsOf } from "./origins";

export interface Api {
  /** Name of the component that declares it, for example `apiGateway`. */
  readonly name: string;
  readonly kind: Kind;
  readonly stage: string;
  /** `arn:<partition>:execute-api:<region>:<account>:<api>`. */
  readonly arn: string;
  readonly routes: readonly ApiRoute[];
  readonly endpoints: readonly Endpoint[];
  /** Status of each gateway response: the API document's, or the default. */
  readonly statuses: Readonly<Record<GatewayResponse, number>>;
  /** Whether an enabled API key is in a usage plan of the stage; if not, every key is refused. */
  readonly keyWorks: boolean;
  /** Whether API Gateway answers CORS preflights by itself, at every path that no OPTIONS route has. */
  readonly preflight: boolean;
  /** Absent: only the routes' protection decides who may call. */
  readonly policy?: ResourcePolicy;
  /** The clients that it lists; absent: it has no list, and everyone who is let in may call every model. */
  readonly clients?: readonly ListedClient[];
  /** Origins whose web pages may call it. */
  readonly origins: readonly string[];
  /** Name of the model that routes outside `/v1` and `/v2` serve; empty if no function names one. */
  readonly defaultModel: string;
}

/**
 * Types of resources that open an entry point, or decide who may call one, outside of an API document. The matrix reads
 * only API documents, so it refuses a program that has one of these.
 */
const strange =
  /^aws:(apigateway\/(method|authorizer|integration|resource|restApiPolicy|account\w*Policy)|apigatewayv2\/(route|integration|authorizer|routeResponse)|lambda\/functionUrl|appsync\/\w+|lb\/\w+):/;

/** @throws NotUnderstood for anything that decides who may call and cannot be interpreted */
export function apisOf(graph: Graph): Api[] {
  for (const { type, urn } of graph.resources)
    if (strange.test(type)) throw new NotUnderstood(urn, `${type} stands beside the API documents`);
  return [
    ...ofType(graph, restApiType).map((api) => restApi(api, graph)),
    ...ofType(graph, httpApiType).map((api) => httpApi(api, graph)),
  ];
}

function restApi(api: Resource, graph: Graph): Api {
  const { urn, inputs } = api;
  if (inputs.policy !== undefined) throw new NotUnderstood(urn, "it has a resource policy beside its document");
  // Merging would keep routes that only an earlier document declared.
  if ((inputs.putRestApiMode ?? "overwrite") !== "overwrite") throw new NotUnderstood(urn, "it merges documents");
  const document = documentOf(api);
  const policy = document["x-amazon-apigateway-policy"];
  const keySource = inputs.apiKeySource ?? document["x-amazon-apigateway-api-key-source"] ?? "HEADER";
  if (keySource !== "HEADER") throw new NotUnderstood(urn, "its API keys come from an authorizer");
  const { stageName, variables } = only(stagesOf(graph, api), urn, "stages").inputs;
  const stage = String(stageName);
  for (const { inputs, urn } of ofType(graph, "aws:apigateway/deployment:Deployment"))
    if (inputs.stageName !== undefined) throw new NotUnderstood(urn, "it makes a stage of its own");
  return {
    ...common(api, "REST", stage, document, graph),
    endpoints: restEndpoints(api, stage, graph),
    statuses: statusesOf(document),
    keyWorks: keyWorks(graph, api.id, stage),
    preflight: false,
    policy: policy === undefined ? undefined : resourcePolicyOf(policy, urn),
    clients: clientsOf(variables),
  };
}

function httpApi(api: Resource, graph: Graph): Api {
  if (api.inputs.protocolType !== "HTTP") throw new NotUnderstood(api.urn, "it is a WebSocket API");
  for (const quick of ["routeKey", "target"])
    if (api.inputs[quick] !== undefined)
      throw new NotUnderstood(api.urn, `its ${quick} makes a route beside the document`);
  const { name, stageVariables } = only(stagesOf(graph, api), api.urn, "stages").inputs;
  const stage = String(name);
  const document = documentOf(api);
  return {
    ...common(api, "HTTP", stage, document, graph),
    endpoints: httpEndpoints(api, document, stage, graph),
    statuses: gatewayResponses,
    keyWorks: false,
    preflight: (api.inputs.corsConfiguration ?? document["x-amazon-apigateway-cors"]) !== undefined,
    clients: clientsOf(stageVariables),
  };
}

function common(api: Resource, kind: Kind, stage: string, document: OpenApiDocument, graph: Graph) {
  const parent = graph.resources.find(({ urn }) => urn === api.parent);
  return {
    name: parent?.name ?? api.name,
    kind,
    stage,
    arn: arnOf(api, kind),
    routes: routesOf(document, kind, graph, api.urn),
    origins: originsOf(document, api.inputs.corsConfiguration),
    defaultModel: defaultModelOf(graph),
  };
}

/** Read from the environment of the model function. */
function defaultModelOf(graph: Graph): string {
  const found = ofType(graph, "aws:lambda/function:Function").flatMap(({ inputs }) => {
    const { variables } = (inputs.environment ?? {}) as { variables?: Readonly<Record<string, string>> };
    return variables?.[environment.defaultModel] ?? [];
  });
  return found[0] ?? "";
}

/** `executionArn` has the same form for REST and HTTP APIs. */
function arnOf({ outputs, urn }: Resource, kind: Kind): string {
  const [, arn] = /^(arn:[\w-]+:execute-api:[\w-]+:\d{12}:\w+)$/.exec(String(outputs.executionArn)) ?? [];
  if (arn === undefined) throw new NotUnderstood(urn, `the ${kind} API has no executionArn`);
  return arn;
}

function documentOf({ inputs, urn }: Resource): OpenApiDocument {
  if (typeof inputs.body !== "string") throw new NotUnderstood(urn, "it has no API document");
  try {
    return parseDocument(inputs.body);
  } catch (error) {
    throw error instanceof DocumentError ? new NotUnderstood(urn, `its body ${error.message}`) : error;
  }
}

/** A gateway response without its own entry takes the status of `DEFAULT_4XX`, if that is set, else its default. */
function statusesOf(document: OpenApiDocument): Api["statuses"] {
  const set = document["x-amazon-apigateway-gateway-responses"] ?? {};
  const entries = Object.entries(gatewayResponses).map(([type, status]) => {
    const own = set[type] ?? set["DEFAULT_4XX"];
    return [type, Number(own?.statusCode ?? status)];
  });
  return Object.fromEntries(entries) as Record<GatewayResponse, number>;
}

/** Keys are declared in the program, or created by a rotating secret, whose tag names the usage plan that they join. */
function keyWorks(graph: Graph, apiId: string, stage: string): boolean {
  const plans = ofType(graph, "aws:apigateway/usagePlan:UsagePlan")
    .filter(({ inputs }) =>
      ((inputs.apiStages ?? []) as Readonly<Record<string, unknown>>[]).some(
        (of) => of.apiId === apiId && of.stage === stage,
      ),
    )
    .map(({ id }) => id);
  const enabled = ofType(graph, "aws:apigateway/apiKey:ApiKey")
    .filter(({ inputs }) => inputs.enabled !== false)
    .map(({ id }) => id);
  const joined = ofType(graph, "aws:apigateway/usagePlanKey:UsagePlanKey").some(
    ({ inputs }) => plans.includes(String(inputs.usagePlanId)) && enabled.includes(String(inputs.keyId)),
  );
  const rotating = ofType(graph, "aws:secretsmanager/secretRotation:SecretRotation").map(
    ({ inputs }) => inputs.secretId,
  );
  const rotated = ofType(graph, "aws:secretsmanager/secret:Secret").some(({ id, inputs }) => {
    const { [planTag]: plan = "" } = (inputs.tags ?? {}) as Readonly<Record<string, string>>;
    return rotating.includes(id) && plans.includes(plan);
  });
  return joined || rotated;
}

function only<T>(found: readonly T[], urn: string, what: string): T {
  if (found.length !== 1) throw new NotUnderstood(urn, `it has ${found.length} ${what}`);
  return found[0]!;
}
