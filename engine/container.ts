// SageMaker's container contract, as Triton keeps it: `GET /ping`, and `POST /invocations` with a V2 request, JSON or binary.
// Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html,
// https://github.com/triton-inference-server/server/blob/main/src/sagemaker_server.cc

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { largestEngineMessage } from "../lambda/core/endpoint/endpoint-refusal";
import { binaryType } from "../lambda/core/endpoint/engine-message";
import { Failure } from "../lambda/core/failure";
import { infer } from "../lambda/core/protocol/inference";
import type { Model } from "../lambda/core/tensor/signature";

/** How each body is read, and its answer written. An answer's size is limited by SageMaker, as Triton has no limit of its own. */
const asked = {
  forms: "standard",
  strictNumbers: false,
  responseLimit: Infinity,
  invocation: { deadline: Infinity, called: () => undefined },
} as const;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly parts: readonly (Buffer | string)[];
}

/** @param model named as the engine knows it, with the version by which the engine answers */
export function containerServer(model: Model): Server {
  // The one who calls decides how long it waits, so nothing here ends a slow call.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (message, response) => {
    void exchange(model, message, response);
  });
  return server;
}

async function exchange(model: Model, message: IncomingMessage, response: ServerResponse): Promise<void> {
  message.on("error", () => undefined);
  response.on("error", () => undefined);
  const { status, type, parts } = await answerTo(model, message);
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  response.writeHead(status, { "Content-Type": type, "Content-Length": length });
  for (const part of parts) response.write(part);
  response.end();
}

async function answerTo(model: Model, message: IncomingMessage): Promise<Answer> {
  if (message.url === "/ping") return { status: 200, type: "text/plain", parts: [] };
  if (message.url !== "/invocations") return refused(400, "there is nothing at this path");
  if (message.method !== "POST") return refused(405, "Method Not Allowed");
  try {
    const bytes = await bodyOf(message);
    const headerLength = headerLengthOf(message.headers["content-type"], bytes.length);
    const body = { ...asked, bytes, headerLength };
    const { json, binary } = await infer(model, body);
    if (binary === undefined) return { status: 200, type: "application/json", parts: [json] };
    return { status: 200, type: `${binaryType}${Buffer.byteLength(json)}`, parts: [json, binary] };
  } catch (error) {
    return failed(error);
  }
}

/** @throws Failure `invalid-request` if it is longer than the limit */
async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestEngineMessage) chunks.push(chunk);
  }
  if (size > largestEngineMessage)
    throw new Failure("invalid-request", `body: is longer than ${largestEngineMessage} bytes`);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** Length of the JSON as the protocol's own header gives it; `undefined`: the whole body is JSON. */
function headerLengthOf(type: string | undefined, length: number): string | undefined {
  const at = type?.indexOf(binaryType) ?? -1;
  if (at < 0) return undefined;
  const size = at === 0 ? type!.slice(binaryType.length) : "";
  if (/^[0-9]{1,10}$/.test(size) && Number(size) <= length) return size;
  throw new Failure("invalid-request", `Content-Type: must be ${binaryType} and a length from 0 to that of the body`);
}

/** Triton answers 400 to what is wrong with a request, also within the model, but 500 to what is no JSON. */
function failed(error: unknown): Answer {
  if (!(error instanceof Failure)) return refused(500, "internal failure");
  if (error.code === "malformed-json") return refused(500, error.message);
  // Without the values of the request, which the runtime's own message would quote.
  if (error.code === "refused-by-model") return refused(400, `onnx runtime error: ${String(error.cause)}`);
  return refused(400, error.message);
}

function refused(status: number, error: string): Answer {
  return { status, type: "application/json", parts: [JSON.stringify({ error })] };
}
