// What each route takes and gives: OpenAPI operations, with a path of its own for each model that a request is sent to.

import type { ApiRoute } from "../access-matrix/routes";
import { refusedBy, refusedByTransform, type Refusal } from "./errors";
import { type Body, rowsExchange, standardExchange } from "./model-schemas";
import type { ModelDescription } from "./models";
import { list, object, type Schema } from "./tensor-schemas";

/** An operation at a path, without its protection. */
export interface Operation {
  readonly path: string;
  readonly method: "get" | "post";
  readonly operation: Readonly<Record<string, unknown>>;
}

export interface Served {
  readonly models: readonly ModelDescription[];
  /** Name of the model of the plain route. */
  readonly defaultModel: string;
}

/** @throws Error for a route that is none of the service's: it has to be described here */
export function operationsOf(route: Pick<ApiRoute, "method" | "path">, served: Served): Operation[] {
  const { method, path } = route;
  const known = Object.hasOwn(described, `${method} ${path}`) ? described[`${method} ${path}`] : undefined;
  if (known !== undefined) return known(path, served);
  if (method !== "POST" || path.includes("{") || /^\/v\d/.test(path)) {
    throw new Error(`${method} ${path}: openapi/operations.ts does not describe this route`);
  }
  const model = served.models.find(({ name }) => name === served.defaultModel);
  return model === undefined ? [] : [predicting(path, "default_prediction", plainBodies(model))];
}

type Describe = (path: string, served: Served) => Operation[];

const [model, rows] = ["/v2/models/{model}", "/v1/models/{model}"];
const version = "/versions/{version}";

const described: Readonly<Record<string, Describe>> = {
  "GET /v2": (path) => [
    getting(path, "server_metadata", "What the server is and can do", { name: text, version: text }),
  ],
  "GET /v2/health/live": (path) => [getting(path, "server_live", "Whether the server runs", { live: boolean() })],
  "GET /v2/health/ready": (path) => [
    getting(path, "server_ready", "Whether the default model can predict", { ready: boolean() }),
  ],
  "POST /v2/repository/index": (path) => [repositoryIndex(path)],
  [`GET ${model}`]: (path, served) => [metadata(path, "model_metadata", served)],
  [`GET ${model}${version}`]: (path, served) => [metadata(path, "version_metadata", served)],
  [`GET ${model}/ready`]: (path, served) => [ready(path, "model_ready", served)],
  [`GET ${model}${version}/ready`]: (path, served) => [ready(path, "version_ready", served)],
  [`GET ${rows}`]: (path, served) => [status(path, "model_status", served)],
  [`GET ${rows}${version}`]: (path, served) => [status(path, "version_status", served)],
  [`POST ${model}/infer`]: each("infer", standardBodies),
  [`POST ${model}${version}/infer`]: each("infer_version", standardBodies),
  [`POST ${rows}`]: each("predict", rowBodies, ":predict"),
  [`POST ${rows}${version}`]: each("predict_version", rowBodies, ":predict"),
};

/** A path for each model, with a schema of its own. @param verb what follows the path's last name */
function each(id: string, bodies: (model: ModelDescription) => Bodies, verb = ""): Describe {
  return (path, { models }) =>
    models.map((one) => predicting(`${path.replace("{model}", one.name)}${verb}`, `${id}_${one.name}`, bodies(one)));
}

interface Bodies {
  readonly summary: string;
  readonly request: Body;
  readonly response: Body;
  /** Whether bodies and answers may be of other media types than JSON. */
  readonly any?: boolean;
}

function standardBodies(one: ModelDescription): Bodies {
  return { summary: `Predict with ${one.name}: tensors`, ...standardExchange(one) };
}

function rowBodies(one: ModelDescription): Bodies {
  const summary = `Predict with ${one.name}: rows or columns`;
  // Its code decides what it takes, of any media type, and what it gives.
  if (one.transformed) {
    const example = one.example === undefined ? {} : { example: one.example };
    return {
      summary: `Predict with ${one.name}`,
      request: { schema: {}, ...example },
      response: { schema: {} },
      any: true,
    };
  }
  return { summary, ...rowsExchange(one) };
}

/** The plain route takes both protocols. */
function plainBodies(one: ModelDescription): Bodies {
  const [given, standard] = [rowBodies(one), standardBodies(one)];
  if (one.transformed) return given;
  const either = (a: Body, b: Body): Schema => ({ anyOf: [a.schema, b.schema] });
  const example = given.request.example === undefined ? {} : { example: given.request.example };
  return {
    summary: `Predict with the default model, ${one.name}`,
    request: { schema: either(given.request, standard.request), ...example },
    response: { schema: either(given.response, standard.response) },
  };
}

function predicting(path: string, operationId: string, { summary, request, response, any }: Bodies): Operation {
  const operation = {
    operationId,
    summary,
    ...parametersOf(path),
    requestBody: { required: true, content: { "application/json": request, ...others(any) } },
    responses: {
      "200": ok(response.schema, any),
      ...refusedBy([...always, 400, 404, 413, 415]),
      ...(any ? refusedByTransform : {}),
    },
  };
  return { path, method: "post", operation };
}

/** Refusals of every route but those that nobody protects; `401` is added where tokens are required. */
const always: readonly Refusal[] = [403, 429];

const text: Schema = { type: "string" };
const boolean = (): Schema => ({ type: "boolean" });

function getting(
  path: string,
  operationId: string,
  summary: string,
  properties: Readonly<Record<string, Schema>>,
  served?: Served,
): Operation {
  const refusals = path.includes("{") ? [...always, 404 as const] : always;
  const responses = { "200": ok(object(properties)), ...refusedBy(refusals) };
  return { path, method: "get", operation: { operationId, summary, ...parametersOf(path, served), responses } };
}

function metadata(path: string, id: string, served: Served): Operation {
  const tensor = object({ name: text, datatype: text, shape: list({ type: "integer" }) });
  const properties = {
    name: text,
    versions: list(text),
    platform: text,
    inputs: list(tensor),
    outputs: list(tensor),
  };
  return getting(path, id, "A model's inputs, outputs, versions and limits", properties, served);
}

function ready(path: string, id: string, served: Served): Operation {
  return getting(path, id, "Whether a model can predict", { name: text, ready: boolean() }, served);
}

function status(path: string, id: string, served: Served): Operation {
  const one = object({ version: text, state: text, status: object({ error_code: text, error_message: text }) });
  return getting(path, id, "The status of a model", { model_version_status: list(one) }, served);
}

function repositoryIndex(path: string): Operation {
  const entry = object({ name: text, version: text, state: text, reason: text });
  const responses = { "200": ok(list(entry)), ...refusedBy(always) };
  const summary = "The models that the caller may call";
  return { path, method: "post", operation: { operationId: "repository_index", summary, responses } };
}

function ok(schema: Schema, any?: boolean): object {
  return { description: "The answer", content: { "application/json": { schema }, ...others(any) } };
}

/** Bytes have no schema in OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.0#considerations-for-file-uploads */
const others = (any = false): object => (any ? { "*/*": {} } : {});

function parametersOf(path: string, served?: Served): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const models = served?.models.map(({ name }) => name) ?? [];
  const schemaOf = (name: string): Schema => (name === "model" && models.length > 0 ? { ...text, enum: models } : text);
  const parameters = names.map((name) => ({ name, in: "path", required: true, schema: schemaOf(name) }));
  return parameters.length === 0 ? {} : { parameters };
}
