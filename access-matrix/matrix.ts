// The access matrix of a program: the status of every route for every credential. It is derived from the resource graph
// alone; nothing is called.

import type { Graph } from "../graph/resource";
import { type Api, apisOf } from "./apis";
import type { Ask } from "./routes";
import { callPolicies } from "./call-policies";
import { type Credential, credentialsFor } from "./credentials";
import type { Door } from "./doors";
import { outcomeOf, type Place, type Status } from "./outcome";
import { type Reach, reachOf } from "./reach";
import type { Route } from "./routes";

export interface Matrix {
  readonly stack: string;
  /** Account settings that were missing and were replaced by example values. */
  readonly examples: readonly string[];
  readonly apis: readonly Api[];
  readonly cells: readonly Cell[];
  /** What each IAM policy about calling an API allows. */
  readonly reach: readonly Reach[];
}

export interface Cell {
  readonly api: Api;
  readonly door: Door;
  readonly place: Place;
  readonly method: string;
  /** Path template without the base path. */
  readonly path: string;
  /** Absent if no route has this path and method. */
  readonly route?: Route;
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
    api.doors.flatMap((door) =>
      targets(api, door).flatMap((target) =>
        credentialsAt(target, door, api).map((credential): Cell => {
          const { place, method, path, route } = target;
          const outcome = outcomeOf({ api, door, route, place, credential, policies: held });
          return { api, door, place, method, path, route, credential, ...outcome };
        }),
      ),
    ),
  );
  return { stack: graph.stack, examples: graph.examples, apis, cells, reach: reachOf(policies, apis) };
}

/** A call's target, and what the route there asks for. */
type Target = Pick<Cell, "place" | "method" | "path" | "route"> & { readonly ask: Ask };

/** Every route, and in addition preflights that the gateway answers and calls that must not reach a route. */
function targets(api: Api, door: Door): Target[] {
  const routes = api.routes.map((route): Target => ({ place: "route", ...route, route }));
  const some = routes.find(({ route }) => !route!.mock);
  if (some === undefined) return routes;
  const { ask } = some;
  const preflight: Route = {
    method: "OPTIONS",
    path: some.path,
    ask: { who: { kind: "anyone" }, key: false },
    success: 204,
    mock: true,
  };
  const astray: Target[] = [
    ...(api.preflight ? [{ place: "preflight" as const, ...preflight, route: preflight }] : []),
    { place: "no such route", method: "GET", path: "/no-such-route", ask },
    { place: "no such route", method: "DELETE", path: some.path, ask },
  ];
  if (door.domain === undefined && door.basePath !== "") astray.push({ ...some, place: "another stage" });
  if (door.strictHost) astray.push({ ...some, place: "another Host" });
  // Clients have nothing older than TLS 1.0 to try.
  if (door.tls !== "1.0") astray.push({ ...some, place: "older TLS" });
  return [...routes, ...astray];
}

/** All credentials on a route and its preflight; only none and the correct one elsewhere, and at a disabled endpoint. */
function credentialsAt({ place, ask, path }: Target, door: Door, { policy, clients }: Api): Credential[] {
  const all = credentialsFor(ask, { mutualTls: door.mutualTls, policy, clients }, path);
  return (place === "route" || place === "preflight") && !door.disabled ? all : [...new Set([all[0]!, all.at(-1)!])];
}
