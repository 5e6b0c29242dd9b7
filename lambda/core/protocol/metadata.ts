// The metadata of the service and its models.
// Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#server-metadata

import { type PinnedModel, versionOf } from "../publish/pinned-model";
import type { Model } from "../tensor/signature";

export function serverMetadata() {
  return { name: "model-serving", version: "1", extensions: ["binary_tensor_data", "model_repository"] };
}

/** @param payloadLimit bytes of Lambda's JSON event, in which a body is base64: three bytes of body take four. */
export function modelMetadata(model: Model, payloadLimit: number) {
  return {
    name: model.name,
    versions: [model.version],
    platform: "onnxruntime_onnx",
    inputs: model.signature.inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    outputs: model.signature.outputs
      .filter(({ datatype }) => datatype !== undefined)
      .map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    parameters: {
      max_request_bytes: Math.floor((payloadLimit * 3) / 4),
      max_response_bytes: Math.floor((payloadLimit * 3) / 4),
    },
  };
}

/** Source: https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md#index */
export function repositoryIndex(models: readonly PinnedModel[]) {
  // Every model can be called: it is loaded by the first call that needs it.
  return models.map((model) => ({ name: model.name, version: versionOf(model), state: "READY", reason: "" }));
}
