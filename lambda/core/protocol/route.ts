// Maps a request's method and path to one of the service's operations.
// Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#httprest

import type { Call } from "./call";
import { Failure } from "../failure";

export type Route =
  | { readonly operation: "server-metadata" }
  | { readonly operation: "server-live" }
  | { readonly operation: "server-ready" }
  | { readonly operation: "repository-index" }
  | ({ readonly operation: "model-metadata" } & Target)
  | ({ readonly operation: "model-ready" } & Target)
  | ({ readonly operation: "infer" } & Target)
  /** A plain route, which calls the default model. */
  | { readonly operation: "predict" };

interface Target {
  readonly model: string;
  /** `undefined`: any version that is served. */
  readonly version: string | undefined;
}

/** The plain routes, for gateways with a greedy route, whose events carry no template for the path. */
const plain = new Set(["mymodel", "predict", "models"]);

/**
 * Segments are compared as sent, without percent-decoding: model names need no encoding, and the gateway may have
 * authorized an encoded name as a different path.
 * @throws Failure `unknown-route`, `method-not-allowed`
 */
export function routeOf(call: Call): Route {
  const { segments } = call;
  if (segments[0] === "v2") return standard(call, segments);
  if (call.template === undefined && !(segments.length === 1 && plain.has(segments[0]!))) throw unknown();
  return methods(call, { POST: { operation: "predict" } });
}

function standard(call: Call, segments: readonly string[]): Route {
  const [, area, name, ...rest] = segments;
  if (area === undefined) return methods(call, { GET: { operation: "server-metadata" } });
  if (area === "health" && rest.length === 0) {
    if (name === "live") return methods(call, { GET: { operation: "server-live" } });
    if (name === "ready") return methods(call, { GET: { operation: "server-ready" } });
  }
  // Source: https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md#index
  if (area === "repository" && name === "index" && rest.length === 0)
    return methods(call, { POST: { operation: "repository-index" } });
  if (area !== "models" || name === undefined || name === "") throw unknown();
  const versioned = rest[0] === "versions";
  const version = versioned ? rest[1] : undefined;
  const action = versioned ? rest.slice(2) : rest;
  if ((versioned && (version === undefined || version === "")) || action.length > 1) throw unknown();
  const target = { model: name, version };
  if (action[0] === undefined) return methods(call, { GET: { operation: "model-metadata", ...target } });
  if (action[0] === "ready") return methods(call, { GET: { operation: "model-ready", ...target } });
  if (action[0] === "infer") return methods(call, { POST: { operation: "infer", ...target } });
  throw unknown();
}

function methods(call: Call, routes: Readonly<Record<string, Route>>): Route {
  const route = Object.hasOwn(routes, call.method) ? routes[call.method] : undefined;
  if (route !== undefined) return route;
  const allowed = Object.keys(routes).join(", ");
  throw new Failure("method-not-allowed", `use ${allowed}`, { headers: { Allow: allowed } });
}

function unknown(): Failure {
  return new Failure("unknown-route", "");
}
