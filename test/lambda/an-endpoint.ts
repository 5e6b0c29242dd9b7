// SageMaker's runtime with endpoints, as far as the function sees it: it verifies the signature, and its engine answers as Triton does,
// with the embedded runtime and the function's own protocol. A test may put anything in an answer's place.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, globalAgent } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ModelManifest, PinnedModel } from "../../contract";
import { Failure } from "../../lambda/core/failure";
import { infer } from "../../lambda/core/protocol/inference";
import type { Model } from "../../lambda/core/tensor/signature";
import { openModel, signatureOf, loadModel } from "../../lambda/edge/onnx";
import { openAuthority } from "../../local/certificates/authority";
import { isSignatureError, signerOf } from "../../local/iam/sigv4/verify";
import { pin } from "./function";

const region = "eu-west-1";
const mediaType = "application/vnd.sagemaker-triton.binary+json;json-header-size=";
const caller = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "a+secret/of=forty",
  sessionToken: "token",
  arn: "arn:aws:sts::123456789012:assumed-role/function/model",
  account: "123456789012",
  userId: "AROA:model",
  policies: [],
};

/** What the endpoint does with a request in place of its engine; `true`, or a promise of it: the engine is to answer after all. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

export interface Received {
  readonly url: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly socket: Socket;
}

export interface RunningEndpoint {
  readonly received: Received[];
  /** What happens to the next requests, in turn; the engine answers those after them. */
  readonly next: Answer[];
  /** Variables that the function needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Certificate of the authority that this process trusts: the last runtime's alone. */
  readonly authority: string;
  /** Connections that were opened. */
  connections(): number;
  close(): Promise<void>;
}

/** An answer of the runtime's own: an error of AWS. */
export const refuse =
  (status: number, code: string, body: unknown = { message: "of the service" }): Answer =>
  (response) =>
    response
      .writeHead(status, { "x-amzn-errortype": `${code}:`, "content-type": "application/json" })
      .end(typeof body === "string" ? body : JSON.stringify(body));

/** A refusal of the engine, as the runtime passes it on. */
export const refuseByEngine = (status: number, message: string): Answer =>
  refuse(424, "ModelError", {
    ErrorCode: "CLIENT_ERROR_FROM_MODEL",
    Message: `Received client error (${status}) from primary with message "${message}"`,
    OriginalMessage: JSON.stringify({ error: message }),
    OriginalStatusCode: status,
  });

export interface EndpointModels {
  readonly manifest: ModelManifest;
  /** The engines by the names of their endpoints. */
  readonly engines: ReadonlyMap<string, Model>;
}

/** The manifest of models all of which endpoints compute, and their engines, which know them by their digests. */
export async function atEndpoints(directory: string, names: readonly string[]): Promise<EndpointModels> {
  const { models } = pin(directory, names);
  const engines = new Map<string, Model>();
  const manifest: Record<string, PinnedModel> = {};
  for (const [name, pinned] of Object.entries(models)) {
    const files = pinned.files.map((file) => ({
      path: file.path,
      data: readFileSync(path.join(directory, name, file.path)),
    }));
    const { digest } = pinned;
    const model = files.find((file) => file.path === "model.onnx")!.data;
    const external = files.filter((file) => file.path !== "model.onnx");
    const { session, outputs } = await openModel(model, 1, external);
    const signature = signatureOf(session, outputs);
    await session.release();
    const tensors = new Map(outputs.map((output) => [output.name, output.tensor]));
    const endpoint = `dev-${name}`;
    manifest[name] = {
      ...pinned,
      endpoint: {
        name: endpoint,
        signature: {
          inputs: signature.inputs,
          outputs: signature.outputs.map((output) => ({ ...output, tensor: tensors.get(output.name) })),
        },
      },
    };
    const engine = await loadModel({ name: digest, digest, files: new Map() }, { model, external }, 1);
    engines.set(endpoint, renamed(engine, tensors));
  }
  return { manifest: { models: manifest }, engines };
}

/** The engine's outputs are called as their tensors. */
function renamed(model: Model, tensors: ReadonlyMap<string, string | undefined>): Model {
  const named = new Map([...tensors].map(([name, tensor]) => [tensor ?? name, name]));
  const outputs = model.signature.outputs.map((output) => ({
    ...output,
    name: tensors.get(output.name) ?? output.name,
  }));
  return {
    ...model,
    signature: { ...model.signature, outputs },
    async run(inputs, wanted, invocation) {
      const { version, outputs: made } = await model.run(
        inputs,
        wanted.map((name) => named.get(name)!),
        invocation,
      );
      return { version, outputs: made.map((tensor, index) => ({ ...tensor, name: wanted[index]! })) };
    },
  };
}

/** Starts the runtime on this machine, and makes this process trust it until it is closed. */
export async function openRuntime(engines: ReadonlyMap<string, Model>): Promise<RunningEndpoint> {
  const folder = mkdtempSync(path.join(tmpdir(), "endpoint-"));
  const authority = await openAuthority(path.join(folder, "authority"));
  const received: Received[] = [];
  const next: Answer[] = [];
  let connections = 0;
  const server = createServer(await authority.server(["localhost"]), (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      received.push({
        url: request.url ?? "",
        contentType: request.headers["content-type"] ?? "",
        body,
        socket: request.socket,
      });
      respond(engines, next, request, body, response).catch((error: Error) =>
        response.writeHead(599).end(error.message),
      );
    });
  });
  server.on("secureConnection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  globalAgent.options.ca = authority.certificate;
  return {
    received,
    next,
    authority: authority.certificate,
    connections: () => connections,
    environment: {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: caller.accessKeyId,
      AWS_SECRET_ACCESS_KEY: caller.secretAccessKey,
      AWS_SESSION_TOKEN: caller.sessionToken,
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: `https://localhost:${(server.address() as AddressInfo).port}`,
    },
    close: async () => {
      Reflect.deleteProperty(globalAgent.options, "ca");
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function respond(
  engines: ReadonlyMap<string, Model>,
  next: Answer[],
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const fault = await signatureFault(request, body);
  if (fault !== undefined) return void refuse(403, "InvalidSignatureException", { message: fault })(response, request);
  const instead = next.shift();
  if (instead !== undefined && (await instead(response, request)) !== true) return;
  const [, name] = /^\/endpoints\/([^/]+)\/invocations$/.exec(request.url ?? "") ?? [];
  const engine = engines.get(name ?? "");
  if (request.method !== "POST" || engine === undefined)
    return void refuse(400, "ValidationError", { message: "Endpoint of account not found." })(response, request);
  const headerLength = request.headers["content-type"]?.split(mediaType)[1];
  try {
    const { json, binary } = await infer(engine, {
      bytes: body,
      headerLength,
      forms: "standard",
      strictNumbers: false,
      responseLimit: 2 ** 30,
      invocation: { deadline: Infinity, called: () => undefined },
    });
    const head = Buffer.from(json);
    const type = binary === undefined ? "application/json" : `${mediaType}${head.length}`;
    response.writeHead(200, { "content-type": type }).end(Buffer.concat([head, binary ?? Buffer.alloc(0)]));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const message = error.code === "refused-by-model" ? `onnx runtime error 2: ${String(error.cause)}` : error.message;
    await refuseByEngine(400, message)(response, request);
  }
}

async function signatureFault(request: IncomingMessage, body: Buffer): Promise<string | undefined> {
  const headers: [string, string][] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2)
    headers.push([request.rawHeaders[index]!, request.rawHeaders[index + 1]!]);
  const sent = {
    ...{ api: { id: "", stage: "", region, account: "", partition: "aws" }, requestId: "", resource: "" },
    ...{ method: request.method ?? "", path: request.url ?? "", stagePath: request.url ?? "", pathParameters: {} },
    ...{ rawQuery: "", headers, body, sourceIp: "", receivedAt: 0 },
  };
  const byAccessKeyId = (id: string) => (id === caller.accessKeyId ? caller : undefined);
  const signer = await signerOf(sent, { byAccessKeyId }, Date.now(), "sagemaker");
  return isSignatureError(signer) ? signer.reason : undefined;
}
