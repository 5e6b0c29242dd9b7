// Maps a request's method and path to one of the service's operations: the Open Inference Protocol V2 under `/v2`, and
// TensorFlow Serving's predict and model status APIs, which Vertex AI shares, under `/v1`.
// Sources: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#httprest
// and https://www.tensorflow.org/tfx/serving/api_rest

import type { ProxyRequest } from "./request";
import { Failure } from "../failure";

export type ProtocolRoute =
  | { readonly operation: "server-metadata" }
  | { readonly operation: "server-live" }
  | { readonly operation: "server-ready" }
  | { readonly operation: "repository-index" }
  | ({ readonly operation: "model-metadata" } & Target)
  | ({ readonly operation: "model-ready" } & Target)
  | ({ readonly operation: "infer" } & Target)
  | ({ readonly operation: "model-status" } & Target)
  /** Without a model: a plain route, which calls the default one. */
  | { readonly operation: "predict"; readonly model: string | undefined; readonly version: string | undefined };

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
export function routeOf(request: ProxyRequest): ProtocolRoute {
  const { segments } = request;
  if (segments[0] === "v2") return standard(request, segments);
  if (segments[0] === "v1") return tensorFlow(request, segments);
  if (request.template === undefined && !(segments.length === 1 && plain.has(segments[0]!))) throw unknown();
  return methods(request, { POST: { operation: "predict", model: undefined, version: undefined } });
}

function standard(request: ProxyRequest, segments: readonly string[]): ProtocolRoute {
  const [, area, name, ...rest] = segments;
  if (area === undefined) return methods(request, { GET: { operation: "server-metadata" } });
  if (area === "health" && rest.length === 0) {
    if (name === "live") return methods(request, { GET: { operation: "server-live" } });
    if (name === "ready") return methods(request, { GET: { operation: "server-ready" } });
  }
  // Source: https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md#index
  if (area === "repository" && name === "index" && rest.length === 0)
    return methods(request, { POST: { operation: "repository-index" } });
  if (area !== "models" || name === undefined || name === "") throw unknown();
  const versioned = rest[0] === "versions";
  const version = versioned ? rest[1] : undefined;
  const action = versioned ? rest.slice(2) : rest;
  if ((versioned && (version === undefined || version === "")) || action.length > 1) throw unknown();
  if (action[0] === undefined) return methods(request, { GET: { operation: "model-metadata", model: name, version } });
  if (action[0] === "ready") return methods(request, { GET: { operation: "model-ready", model: name, version } });
  if (action[0] === "infer") return methods(request, { POST: { operation: "infer", model: name, version } });
  throw unknown();
}

/** What follows the last name in the path of a prediction: `mymodel:predict`. API Gateway takes both as one segment. */
const verb = ":predict";

/** A verb other than `:predict` is another API of TensorFlow Serving (`:classify`, `:regress`), which this is not. */
function tensorFlow(request: ProxyRequest, segments: readonly string[]): ProtocolRoute {
  const [, area, ...names] = segments;
  const last = names.at(-1) ?? "";
  const predicts = last.endsWith(verb);
  const [model, versions, version, ...rest] = predicts ? [...names.slice(0, -1), last.slice(0, -verb.length)] : names;
  const versioned = versions === "versions" && version !== undefined && version !== "";
  if (area !== "models" || model === undefined || model === "" || rest.length > 0) throw unknown();
  if ((versions !== undefined && !versioned) || [model, version].some((name) => name?.includes(":"))) throw unknown();
  return predicts
    ? methods(request, { POST: { operation: "predict", model, version } })
    : methods(request, { GET: { operation: "model-status", model, version } });
}

function methods(request: ProxyRequest, routes: Readonly<Record<string, ProtocolRoute>>): ProtocolRoute {
  const route = Object.hasOwn(routes, request.method) ? routes[request.method] : undefined;
  if (route !== undefined) return route;
  const allowed = Object.keys(routes).join(", ");
  throw new Failure("method-not-allowed", `use ${allowed}`, { headers: { Allow: allowed } });
}

function unknown(): Failure {
  return new Failure("unknown-route", "");
}
