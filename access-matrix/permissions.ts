// What each IAM policy allows: the routes that its holder may call, and whether it allows more than the existing routes.

import type { Api } from "./apis";
import type { ApiRoute } from "./routes";
import { allows, type CallPolicy, invoke, ofExecuteApi } from "./call-policies";

export interface PolicyPermissions {
  readonly policy: string;
  /** Whether it is a managed policy, which can be attached to callers. */
  readonly forCallers: boolean;
  /** Routes that it allows, `<api>: <METHOD> <path>`. */
  readonly routes: readonly string[];
  /** Names of the probes that it allows although it should not, `<probe> (<api>)`. */
  readonly beyond: readonly string[];
}

/** ARN of a call. Path parameters are filled with placeholder values, `{model}` with `model`. */
export function callArn(api: Api, route: Pick<ApiRoute, "method" | "path">, model = "any-model"): string {
  return `${api.arn}/${api.stage}/${route.method}${calledPath(route, model, "any-version")}`;
}

/** A route's path, filled; a prediction of TensorFlow Serving has its verb behind it. */
export function calledPath(
  { method, path }: Pick<ApiRoute, "method" | "path">,
  model: string,
  version: string,
): string {
  const verb = method === "POST" && path.startsWith("/v1/models/{model}") ? ":predict" : "";
  const filled = path.replace("{model}", model).replace("{version}", version);
  return `${filled.replace(/\{(\w+)\}/g, "any-$1")}${verb}`;
}

export function permissionsOf(policies: readonly CallPolicy[], apis: readonly Api[]): PolicyPermissions[] {
  return policies.map((policy) => ({
    policy: policy.name,
    forCallers: policy.forCallers,
    routes: apis.flatMap((api) =>
      api.routes
        .filter((route) => allows([policy], invoke, callArn(api, route)))
        .map(({ method, path }) => `${api.name}: ${method} ${path}`),
    ),
    beyond: apis.flatMap((api) => [
      ...new Set(
        probes(api)
          .filter(({ action, arn }) => allows([policy], action, arn))
          .map(({ name }) => `${name} (${api.name})`),
      ),
    ]),
  }));
}

interface Probe {
  readonly name: string;
  readonly action: string;
  readonly arn: string;
}

function probes(api: Api): Probe[] {
  const { arn, stage, routes } = api;
  const [account, id] = [/:(\d{12}):/.exec(arn)![1]!, arn.split(":").at(-1)!];
  const some = routes[0]!;
  const call = callArn(api, some);
  const probe = (name: string, route: Pick<ApiRoute, "method" | "path">): Probe => ({
    name,
    action: invoke,
    arn: callArn(api, route),
  });
  // Only methods that no route has: `*` in a policy also matches slashes, so `GET /models/*` covers all paths below.
  const unused = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"].filter((method) =>
    routes.every((route) => route.method !== method),
  );
  return [
    ...["GET", "POST"].map((method) =>
      probe(`${method} at a path without a route`, { method, path: "/no-such-route" }),
    ),
    ...unused.flatMap((method) =>
      routes.map(({ path }) => probe(`${method} ${path}, which is not a route`, { method, path })),
    ),
    { name: "another stage", action: invoke, arn: call.replace(`/${stage}/`, "/another/") },
    { name: "another API", action: invoke, arn: call.replace(id, "anotherapi") },
    { name: "another account", action: invoke, arn: call.replace(account, "999999999999") },
    ...ofExecuteApi.filter((action) => action !== invoke).map((action) => ({ name: action, action, arn: call })),
  ];
}
