// The routes of every API, whichever its kind.

export interface Route {
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
}

/**
 * The routes of the Open Inference Protocol V2 with Triton's extension that lists models, those of TensorFlow Serving, and
 * the plain route. `:predict` follows the model's name or the version, in one path segment with it: API Gateway takes
 * nothing beside a parameter in a segment.
 * Sources: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md,
 * https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md#index,
 * https://www.tensorflow.org/tfx/serving/api_rest
 */
export function routes(plainPath: string): Route[] {
  const model = "/v2/models/{model}";
  const version = `${model}/versions/{version}`;
  const [rows, versionRows] = ["/v1/models/{model}", "/v1/models/{model}/versions/{version}"];
  return [
    { method: "post", path: plainPath, summary: "Predict with the default model" },
    { method: "get", path: "/v2", summary: "What the server is and can do" },
    { method: "get", path: "/v2/health/live", summary: "Whether the server runs" },
    { method: "get", path: "/v2/health/ready", summary: "Whether the default model can predict" },
    { method: "post", path: "/v2/repository/index", summary: "The models that the caller may call" },
    { method: "get", path: model, summary: "A model's inputs, outputs and versions" },
    { method: "get", path: `${model}/ready`, summary: "Whether a model can predict" },
    { method: "post", path: `${model}/infer`, summary: "Predict" },
    { method: "get", path: version, summary: "The inputs and outputs of a model's version" },
    { method: "get", path: `${version}/ready`, summary: "Whether a model's version can predict" },
    { method: "post", path: `${version}/infer`, summary: "Predict with a model's version" },
    { method: "get", path: rows, summary: "The status of a model" },
    { method: "post", path: rows, summary: "Predict with rows or columns: {model} is its name and :predict" },
    { method: "get", path: versionRows, summary: "The status of a model's version" },
    { method: "post", path: versionRows, summary: "Predict with a version: {version} is its name and :predict" },
  ];
}

/** A path's parameters, declared as OpenAPI requires. */
export function parameters(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}
