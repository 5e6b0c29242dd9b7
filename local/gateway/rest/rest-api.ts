// A REST API of the graph, ready to be served: document, stage and deployment compiled into a pipeline.

import { hash } from "node:crypto";
import { type Graph, ofType, type Resource } from "../../../graph/resource";
import type { Functions } from "../../functions/environments/invocation";
import { apiLog, type LogSinks } from "../request/api-log";
import type { ApiIdentity } from "../../server/api-request";
import { documentOf } from "../request/document";
import { type OpenApiDocument, type OpenApiOperation, operationsOf } from "../../../graph/openapi";
import type { Firewall } from "../firewall/web-acl";
import type { HttpRequest, HttpResponse, ServedApi } from "../../server/http-message";
import { mediaMatcher } from "../request/media-types";
import type { MethodAuthorization } from "./rest-authorization";
import { handle, type RestPipeline, type RestRoute, type UsageCheck } from "./rest-pipeline";
import { compileGatewayResponses } from "../responses/gateway-responses";
import { compileValidation } from "./request-validation";
import { checkApi, checkOperation } from "./import-refusals";
import { restRules, Router } from "../request/routing";
import { componentName, deploymentOf, identityOf, minVersionOf, restStageOf } from "../request/stage";
import { unenforceableAt } from "../../base/unenforceable";
import { compileIntegration } from "./rest-integration";

/** Access control: the authorization of each method, and a stage's API keys, usage plans and firewall. */
export interface AccessControl {
  /** @throws Unenforceable for what cannot be enforced */
  authorization(operation: OpenApiOperation, document: OpenApiDocument): MethodAuthorization;
  usage(apiId: string, stage: string): UsageCheck;
  /** The firewall of a stage. @throws Unenforceable for what cannot be enforced */
  firewall?(stageArn: unknown): Firewall | undefined;
}

export interface RestApiContext extends LogSinks {
  readonly graph: Graph;
  readonly functions: Functions;
  readonly accessControl: AccessControl;
}

/** Compiles every REST API of the graph. @throws Unenforceable for anything that cannot be served as declared */
export function restApis(context: RestApiContext): ServedApi[] {
  return ofType(context.graph, "aws:apigateway/restApi:RestApi").map((api) => restApi(api, context));
}

function restApi(resource: Resource, context: RestApiContext): ServedApi {
  const { graph, accessControl } = context;
  const name = componentName(resource, graph);
  const document = documentOf(resource);
  const stage = restStageOf(resource, graph);
  const api = identityOf(resource, String(stage.inputs["stageName"]));
  checkApi(document, resource.urn);
  const routes = routesOf(resource, document, api, context);
  const pipeline: RestPipeline = {
    api,
    router: unenforceableAt(`${resource.urn}: paths`, () => new Router(routes, restRules)),
    usage: accessControl.usage(api.id, api.stage),
    firewall: accessControl.firewall?.(stage.outputs["arn"]),
    render: compileGatewayResponses(document["x-amazon-apigateway-gateway-responses"] ?? {}, resource.urn),
    deploymentId: deploymentOf(resource, stage, graph),
    stageVariables: (stage.inputs["variables"] as Record<string, string> | undefined) ?? null,
    closed: resource.inputs["disableExecuteApiEndpoint"] === true,
    strictHost: resource.inputs["endpointAccessMode"] === "STRICT",
    log: apiLog(stage, name, context),
  };
  return {
    name,
    id: api.id,
    region: api.region,
    stage: api.stage,
    basePath: `/${api.stage}`,
    minVersion: minVersionOf(resource),
    closed: pipeline.closed,
    routes: routes.map(({ method, path, auth, keyRequired }) => ({ method, path, auth, keyRequired })),
    respond: (request: HttpRequest): Promise<HttpResponse> => handle(pipeline, request),
  };
}

function routesOf(
  resource: Resource,
  document: OpenApiDocument,
  api: ApiIdentity,
  context: RestApiContext,
): RestRoute[] {
  const { graph, functions, accessControl } = context;
  const isBinary = mediaMatcher(binaryMediaTypes(resource, document));
  const stageArn = `arn:${api.partition}:execute-api:${api.region}:${api.account}:${api.id}/${api.stage}`;
  return [...operationsOf(document)].map(({ path, method, operation }) => {
    const where = `${resource.urn}: ${method} ${path}`;
    checkOperation(operation, document.paths[path]?.parameters ?? [], where);
    const authorization = unenforceableAt(where, () => accessControl.authorization(operation, document));
    const integration = operation["x-amazon-apigateway-integration"];
    return {
      method,
      path,
      resourceId: hash("sha256", `${api.id} ${path}`).slice(0, 6),
      auth: authorization.auth,
      keyRequired: authorization.keyRequired,
      authorize: (request, exchange) => authorization.authorize(request, exchange),
      validate: compileValidation(document, operation, document.paths[path]?.parameters ?? [], where),
      integrate: compileIntegration(integration, { graph, functions, isBinary, stageArn, path, where }),
    };
  });
}

/** The resource's argument overrides the document's list. */
function binaryMediaTypes(resource: Resource, document: OpenApiDocument): readonly string[] {
  const own = resource.inputs["binaryMediaTypes"];
  return Array.isArray(own) && own.length > 0
    ? own.map(String)
    : (document["x-amazon-apigateway-binary-media-types"] ?? []);
}
