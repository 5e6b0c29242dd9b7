// The access matrix of a program: the status of every route for every credential. It is derived from the resource graph
// alone; nothing is called.

import type { Graph } from "../graph/resource";
import { type Api, apisOf } from "./apis";
import type { RouteRequirements } from "./routes";
import { callPolicies } from "./call-policies";
import { type Credential, credentialsFor } from "./credentials";
import type { Endpoint } from "./endpoints";
import { evaluationOf, type Location, type Status } from "./evaluation";
import { type PolicyPermissions, permissionsOf } from "./permissions";
import type { ApiRoute } from "./routes";

export interface Matrix {
  readonly stack: string;
  /** Account settings that were missing and were replaced by example values. */
  readonly examples: readonly string[];
  readonly apis: readonly Api[];
  readonly cells: readonly Cell[];
  /** What each IAM policy about calling an API allows. */
  readonly permissions: readonly PolicyPermissions[];
}

export interface Cell {
  readonly api: Api;
  readonly endpoint: Endpoint;
  readonly location: Location;
  readonly method: string;
  /** Path template without the base path. */
  readonly path: string;
  /** Absent if no route has this path and method. */
  readonly route?: ApiRoute;
  readonly credential: Credential;
  readonly status: Status;
  /** Whether the call reaches the integration, and so counts towards its API key's quota. */
  readonly reached: boolean;
}

/** @throws NotUnderstood for anything that decides who may call and cannot be interpreted */
export function matrixOf(graph: Graph): Matrix {
  const apis = apisOf(graph);
  const policies = callPolicies(graph);
  const held = policies.filter(({ forCallers }) => forCallers);
  const cells = apis.flatMap((api) =>
    api.endpoints.flatMap((endpoint) =>
      targets(api, endpoint).flatMap((target) =>
        credentialsAt(target, endpoint, api).map((credential): Cell => {
          const { location, method, path, route } = target;
          const outcome = evaluationOf({ api, endpoint, route, location, credential, policies: held });
          return { api, endpoint, location, method, path, route, credential, ...outcome };
        }),
      ),
    ),
  );
  return { stack: graph.stack, examples: graph.examples, apis, cells, permissions: permissionsOf(policies, apis) };
}

/** A call's target, and what the route there requires. */
type RequestTarget = Pick<Cell, "location" | "method" | "path" | "route"> & {
  readonly requirements: RouteRequirements;
};

/** Every route, and in addition preflights that the gateway answers and calls that must not reach a route. */
function targets(api: Api, endpoint: Endpoint): RequestTarget[] {
  const routes = api.routes.map((route): RequestTarget => ({ location: "route", ...route, route }));
  const some = routes.find(({ route }) => !route!.mock);
  if (some === undefined) return routes;
  const { requirements } = some;
  const preflight = gatewayPreflight(api);
  const astray: RequestTarget[] = [
    ...(preflight ? [{ location: "preflight" as const, ...preflight, route: preflight }] : []),
    { location: "no such route", method: "GET", path: "/no-such-route", requirements },
    { location: "no such route", method: "DELETE", path: some.path, requirements },
  ];
  if (endpoint.domain === undefined && endpoint.basePath !== "") astray.push({ ...some, location: "another stage" });
  if (endpoint.strictHost) astray.push({ ...some, location: "another Host" });
  // Clients have nothing older than TLS 1.0 to try.
  if (endpoint.tls !== "1.0") astray.push({ ...some, location: "older TLS" });
  return [...routes, ...astray];
}

/**
 * A preflight that API Gateway answers by itself, where it does: at a path of a route, or else at one that no route has.
 * An OPTIONS route of the path comes first, with its authorization.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
function gatewayPreflight({ preflight, routes }: Api): ApiRoute | undefined {
  const own = routes.filter(({ method }) => method === "OPTIONS").map((route) => segmentsOf(route.path));
  const free = [...routes.map((route) => route.path), "/no-such-route"].find(
    (path) => !own.some((template) => covers(template, segmentsOf(path))),
  );
  if (!preflight || free === undefined) return undefined;
  const requirements: RouteRequirements = { authorization: { kind: "anyone" }, apiKey: false };
  return { method: "OPTIONS", path: free, requirements, success: 204, mock: true };
}

function segmentsOf(path: string): string[] {
  return path.split("/");
}

/** Whether a path template matches every path that another one does. */
function covers(template: readonly string[], other: readonly string[]): boolean {
  return (
    template.length === other.length &&
    template.every((segment, index) => segment.startsWith("{") || segment === other[index])
  );
}

/** All credentials on a route and its preflight; only none and the correct one elsewhere, and at a disabled endpoint. */
function credentialsAt(
  { location, requirements, path }: RequestTarget,
  endpoint: Endpoint,
  { policy, clients }: Api,
): Credential[] {
  const all = credentialsFor(requirements, { mutualTls: endpoint.mutualTls, policy, clients }, path);
  return (location === "route" || location === "preflight") && !endpoint.disabled
    ? all
    : [...new Set([all[0]!, all.at(-1)!])];
}
