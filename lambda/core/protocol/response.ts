// The model function's responses to API Gateway, in the shape that payload formats 1.0 and 2.0 share.

import { exposedHeaders } from "../../../contract";
import { tooLarge } from "../failure";
import { type PinnedModel, versionOf } from "../publish/pinned-model";
import type { Tensor } from "../tensor/datatype";
import type { Model } from "../tensor/signature";
import type { WrittenResponse } from "./inference-response";
import { type GatewayEvent, originOf } from "./request";

export interface ProxyResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * Every response is for one caller, so no cache may keep it; `nosniff` stops browsers from guessing another content type.
 */
const always = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

const headersOfJson = { "Content-Type": "application/json", ...always };
const none: ProxyResponse["headers"] = {};

export function jsonResponse(
  statusCode: number,
  value: unknown,
  headers: ProxyResponse["headers"] = none,
): ProxyResponse {
  return textResponse(statusCode, JSON.stringify(value), headers);
}

function textResponse(statusCode: number, body: string, headers: ProxyResponse["headers"]): ProxyResponse {
  return {
    statusCode,
    headers: headers === none ? headersOfJson : { ...headersOfJson, ...headers },
    body,
    isBase64Encoded: false,
  };
}

/**
 * The response to an inference; with binary data, a header gives the length of the JSON before it.
 * @param limit bytes of the whole response as JSON
 * @throws Failure `response-too-large`
 */
export function inferenceResponse({ json, binary }: WrittenResponse, limit: number): ProxyResponse {
  if (binary === undefined) return limited(textResponse(200, json, none), limit);
  const head = Buffer.from(json, "utf8");
  const headers = {
    "Content-Type": "application/octet-stream",
    "Inference-Header-Content-Length": String(head.length),
    ...always,
  };
  const body = Buffer.concat([head, binary]).toString("base64");
  return limited({ statusCode: 200, headers, body, isBase64Encoded: true }, limit);
}

/**
 * The answer that a transform made, which may be of any type, with the versions of the model and of the transform.
 * @param limit bytes of the whole response as JSON
 * @throws Failure `response-too-large`
 */
export function transformedResponse(answer: Answer, model: string, transform: string, limit: number): ProxyResponse {
  const headers = { "Model-Version": model, "Transform-Version": transform };
  if ("json" in answer) return limited(textResponse(200, answer.json, headers), limit);
  return limited(
    {
      statusCode: 200,
      headers: { "Content-Type": answer.contentType, ...always, ...headers },
      body: answer.bytes.toString("base64"),
      isBase64Encoded: true,
    },
    limit,
  );
}

/** What a transform answers: JSON text, or bytes of another type. */
export type Answer = { readonly json: string } | { readonly contentType: string; readonly bytes: Buffer };

/** Rejects a response that exceeds the limit once it is serialised to the JSON that Lambda returns. */
function limited(response: ProxyResponse, limit: number): ProxyResponse {
  // As JSON, a character takes at most six bytes (`\u001f`), of base64 one: most responses need no exact count.
  const widest = response.isBase64Encoded ? 1 : 6;
  if (response.body.length * widest + 4096 > limit && Buffer.byteLength(JSON.stringify(response)) > limit)
    throw tooLarge(limit);
  return response;
}

/**
 * Adds the CORS headers that let browsers of these origins (`*`: any) read the response; none adds none. One origin is named to
 * everyone, of several the caller's own, or none.
 * Source: https://fetch.spec.whatwg.org/#http-access-control-allow-origin
 */
export function withCors(response: ProxyResponse, origins: readonly string[], event: GatewayEvent): ProxyResponse {
  if (origins.length === 0) return response;
  const caller = originOf(event);
  const named = origins.length === 1 ? origins[0] : origins.find((origin) => origin === caller);
  const headers = {
    ...response.headers,
    ...(named === undefined ? {} : { "Access-Control-Allow-Origin": named }),
    "Access-Control-Expose-Headers": exposedHeaders.join(", "),
    // A cache must not hand one origin's answer to another.
    ...(named === "*" ? {} : { Vary: "Origin" }),
  };
  return { ...response, headers };
}

// The limit on the size of a response, which Lambda sees as JSON or base64 inside JSON. If Lambda had to drop one that
// is too large, the caller would get a 502 without an explanation.

/**
 * Rejects outputs that cannot fit in any encoding, before memory is spent on their text.
 * @param limit bytes
 * @throws Failure `response-too-large`
 */
export function checkSize(outputs: readonly Tensor[], limit: number): void {
  let least = 0;
  for (const { data } of outputs) {
    // A number takes at least a digit and a comma as text, or its width as binary data, whichever is less.
    if (!Array.isArray(data)) least += Math.min(data.length * 2, data.byteLength);
    else for (const text of data) least += text.length + 1;
  }
  if (least > limit) throw tooLarge(limit);
}

// The metadata of the service and its models.
// Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#server-metadata

export function serverMetadata() {
  return { name: "model-serving", version: "1", extensions: ["binary_tensor_data", "model_repository"] };
}

/** @param payloadLimit bytes of Lambda's JSON event, in which a body is base64: three bytes of body take four. */
export function modelMetadata(model: Model, payloadLimit: number, transformVersion: string | undefined) {
  const { inputs, outputs } = model.signature;
  const unavailable = outputs.filter(({ datatype }) => datatype === undefined);
  return {
    name: model.name,
    versions: [model.version],
    platform: "onnxruntime_onnx",
    inputs: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    outputs: outputs
      .filter(({ datatype }) => datatype !== undefined)
      .map(({ name, datatype, shape, labels }) => ({
        ...{ name, datatype, shape },
        ...(labels === undefined || labels.length === 0 ? {} : { parameters: { labels } }),
      })),
    parameters: {
      max_request_bytes: Math.floor((payloadLimit * 3) / 4),
      max_response_bytes: Math.floor((payloadLimit * 3) / 4),
      ...(transformVersion === undefined ? {} : { transform_version: transformVersion }),
      ...(unavailable.length === 0
        ? {}
        : { unavailable_outputs: unavailable.map(({ name, type }) => `${name}: ${type}`).join(", ") }),
    },
  };
}

/**
 * The status of a model that is loaded, as TensorFlow Serving tells it; one that cannot be loaded is a failure. Its own
 * versions are numbers: ours are digests here, too, so that a version has one name in both protocols.
 * Source: https://www.tensorflow.org/tfx/serving/api_rest#model_status_api
 */
export function modelStatus({ version }: Model) {
  const status = { error_code: "OK", error_message: "" };
  return { model_version_status: [{ version, state: "AVAILABLE", status }] };
}

/**
 * Every model is requested with its first call, so it is ready until it was found not to load.
 * @param failures why a model cannot be served, by name; for callers
 * Source: https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md#index
 */
export function repositoryIndex(models: readonly PinnedModel[], failures: ReadonlyMap<string, string>) {
  return models.map((model) => {
    const reason = failures.get(model.name);
    const state = reason === undefined ? "READY" : "UNAVAILABLE";
    return { name: model.name, version: versionOf(model), state, reason: reason ?? "" };
  });
}
