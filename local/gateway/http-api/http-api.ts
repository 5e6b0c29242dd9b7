// An HTTP API of the graph, ready to be served: document and stage compiled into a pipeline.

import { type Graph, ofType, type Resource } from "../../../graph/resource";
import { apiLog, type LogSinks } from "../request/api-log";
import { disablesDefaultEndpoint, type OpenApiDocument, operationsOf } from "../../../graph/openapi";
import type { ServedApi } from "../../server/http-message";
import { componentName, identityOf } from "../request/stage";
import { Unenforceable, unenforceableAt } from "../../base/unenforceable";
import { statusResponse } from "../responses/http-api-responses";
import { Cors } from "./cors";
import { httpDocumentOf } from "./http-api-document";
import { httpIntegration } from "./http-api-integration";
import { handle, type HttpApiPipeline, type HttpApiRoute } from "./http-api-pipeline";
import { type HttpAuthorizationContext, RouteAuthorizations } from "./http-api-authorization";
import { HttpApiThrottle } from "../usage/http-api-throttle";
import { defaultPath, HttpRouter } from "../request/routing";

export type HttpApiContext = HttpAuthorizationContext & LogSinks;

/** Compiles every HTTP API of the graph. @throws Unenforceable for anything that cannot be served as declared */
export function httpApis(context: HttpApiContext): ServedApi[] {
  return ofType(context.graph, "aws:apigatewayv2/api:Api").map((api) => httpApi(api, context));
}

function httpApi(resource: Resource, context: HttpApiContext): ServedApi {
  const { graph, clock } = context;
  const name = componentName(resource, graph);
  const document = httpDocumentOf(resource);
  const stage = httpStageOf(resource, graph);
  const api = identityOf(resource, String(stage.inputs["name"]));
  const routes = routesOf(resource, document, api, context);
  const pipeline: HttpApiPipeline = {
    api,
    basePath: api.stage === "$default" ? "" : `/${api.stage}`,
    router: unenforceableAt(`${resource.urn}: paths`, () => new HttpRouter(routes)),
    throttle: new HttpApiThrottle(stage, graph, clock),
    cors: Cors.from(
      resource.inputs["corsConfiguration"] ?? document["x-amazon-apigateway-cors"],
      `${resource.urn}: corsConfiguration`,
    ),
    stageVariables: (stage.inputs["stageVariables"] as Record<string, string> | undefined) ?? null,
    closed: resource.inputs["disableExecuteApiEndpoint"] === true || disablesDefaultEndpoint(document),
    log: apiLog(stage, name, context),
  };
  return {
    name,
    id: api.id,
    region: api.region,
    stage: api.stage,
    basePath: pipeline.basePath,
    // The only security policy of an HTTP API's default endpoint.
    minVersion: "TLSv1.2",
    closed: pipeline.closed,
    bodyTooLarge: statusResponse(413, true),
    routes: routes.map(({ method, path, auth }) => ({ method, path, auth, keyRequired: false })),
    respond: (request) => handle(pipeline, request),
  };
}

function routesOf(
  resource: Resource,
  document: OpenApiDocument,
  api: ReturnType<typeof identityOf>,
  context: HttpApiContext,
): HttpApiRoute[] {
  const { graph, functions } = context;
  const authorizations = new RouteAuthorizations(context, document);
  const stageArn = `arn:${api.partition}:execute-api:${api.region}:${api.account}:${api.id}/${api.stage}`;
  return [...operationsOf(document)].map(({ path, method, operation }) => {
    const where = `${resource.urn}: ${method} ${path}`;
    const isDefault = path === defaultPath;
    if ((operation["isDefaultRoute"] === true) !== isDefault)
      throw new Unenforceable(where, "is called the default route, and is none");
    const authorization = unenforceableAt(where, () => authorizations.of(operation));
    const integration = operation["x-amazon-apigateway-integration"];
    return {
      method,
      path,
      routeKey: isDefault ? "$default" : `${method} ${path}`,
      auth: authorization.auth,
      authorize: (exchange) => authorization.authorize(exchange),
      integrate: httpIntegration(integration, { graph, functions, stageArn, path, where }, authorization.auth),
    };
  });
}

/** The API's only stage, which must deploy automatically or name a deployment. @throws Unenforceable otherwise */
function httpStageOf(resource: Resource, graph: Graph): Resource {
  const stages = ofType(graph, "aws:apigatewayv2/stage:Stage").filter(({ inputs }) => inputs["apiId"] === resource.id);
  if (stages.length !== 1)
    throw new Unenforceable(resource.urn, `has ${stages.length} stages; an HTTP API is served with exactly one`);
  const stage = stages[0]!;
  const { name, autoDeploy, deploymentId } = stage.inputs;
  if (!/^(?:\$default|[A-Za-z0-9_-]{1,128})$/.test(String(name)))
    throw new Unenforceable(stage.urn, "has a name that API Gateway would not take");
  const deployed = ofType(graph, "aws:apigatewayv2/deployment:Deployment").some(
    ({ id, inputs }) => id === deploymentId && inputs["apiId"] === resource.id,
  );
  if (autoDeploy !== true && !deployed) throw new Unenforceable(stage.urn, "serves no deployment of its API");
  return stage;
}
