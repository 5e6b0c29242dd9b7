// Runs the model function as Lambda does: with its environment, the manifest beside the code, and API Gateway's events.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { ModelManifest } from "../../contract";
import type { ProxyResponse } from "../../lambda/core/protocol/response";
import type { GatewayEvent } from "../../lambda/core/protocol/request";

export const fixtures = path.join(__dirname, "../fixtures/models");
export const shipped = path.join(__dirname, "../../models");

const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

/** The manifest of a folder of models: digests and sizes of all files, computed as `contract.ts` describes. */
export function pin(directory: string, names: readonly string[]): ModelManifest {
  const models = names.map((name) => {
    const files = readdirSync(path.join(directory, name))
      .filter((file) => /\.(onnx|bin)$/.test(file))
      .sort()
      .map((file) => {
        const bytes = readFileSync(path.join(directory, name, file));
        return { path: file, sha256: sha256(bytes), bytes: bytes.length };
      });
    const digest =
      files.length === 1 ? files[0]!.sha256 : sha256(files.map((file) => `${file.sha256}  ${file.path}\n`).join(""));
    return [name, { digest, files }] as const;
  });
  return { models: Object.fromEntries(models) };
}

export interface Started {
  /** Sends an event; returns the answer, and the lines that the function logged. */
  readonly send: (event: GatewayEvent) => Promise<{ answer: ProxyResponse; lines: string[] }>;
  /** POSTs a body to a path of the REST API. */
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Reply>;
  readonly get: (path: string) => Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, decoded. */
  readonly bytes: Buffer;
  readonly text: string;
  /** The JSON part of the body, in which NaN and Infinity are read as strings. */
  readonly json: Record<string, unknown>;
  /** The one line that was logged, as JSON. */
  readonly log: Record<string, unknown>;
}

export interface Options {
  readonly directory?: string;
  readonly manifest?: ModelManifest;
  /** Files beside the function's code, by path, besides the manifest. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds that Lambda leaves each request; not given: it does not say. */
  readonly remaining?: number;
}

/** Loads a new instance of the function. The first name is the default model. */
export function start(names: readonly string[], options: Options = {}): Started {
  const directory = options.directory ?? fixtures;
  const root = mkdtempSync(path.join(tmpdir(), "function-"));
  writeFileSync(path.join(root, "models.json"), JSON.stringify(options.manifest ?? pin(directory, names)));
  for (const [file, text] of Object.entries(options.beside ?? {})) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  const variables = {
    LAMBDA_TASK_ROOT: root,
    MODELS_DIR: directory,
    DEFAULT_MODEL: names[0] ?? "",
    CORS_ORIGIN: "",
    METRICS_NAMESPACE: "model-serving",
    ...options.environment,
  };
  Object.assign(process.env, variables);
  const entry = require.resolve("../../lambda/model");
  Reflect.deleteProperty(require.cache, entry);
  const { handler } = require(entry) as typeof import("../../lambda/model");

  const { remaining } = options;
  const left = remaining === undefined ? {} : { getRemainingTimeInMillis: () => remaining };
  const send: Started["send"] = async (event) => {
    const lines: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = ((chunk: string | Uint8Array) => {
      lines.push(chunk.toString());
      return true;
    }) as typeof process.stdout.write;
    try {
      return { answer: await handler(event, { awsRequestId: "invocation", ...left }), lines };
    } finally {
      process.stdout.write = write;
    }
  };
  const call = async (event: GatewayEvent): Promise<Reply> => {
    const { answer, lines } = await send(event);
    const bytes = Buffer.from(answer.body, answer.isBase64Encoded ? "base64" : "utf8");
    const jsonLength = Number(answer.headers["Inference-Header-Content-Length"] ?? bytes.length);
    const text = bytes.subarray(0, jsonLength).toString("utf8");
    return {
      status: answer.statusCode,
      headers: answer.headers,
      bytes,
      text,
      json: JSON.parse(text.replace(/(?<=[[,])-?(?:NaN|Infinity)(?=[\],])/g, '"$&"')) as Record<string, unknown>,
      log: JSON.parse(lines.join("")) as Record<string, unknown>,
    };
  };
  return {
    send,
    post: (to, body, headers = {}) => call(restEvent("POST", to, encode(body), headers)),
    get: (to) => call(restEvent("GET", to, undefined)),
  };
}

function encode(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

/** An event of a REST API that treats all media types as binary (base64 bodies), for one of the service's routes. */
export function restEvent(
  method: string,
  to: string,
  body: Buffer | undefined,
  headers: Record<string, string> = {},
): GatewayEvent {
  const match = /^\/(v[12])\/models\/([^/]+)(?:\/versions\/([^/]+))?(\/ready|\/infer)?$/.exec(to);
  const [, protocol, model, version, action = ""] = match ?? [];
  const versions = version === undefined ? "" : "/versions/{version}";
  return {
    resource: match === null ? to : `/${protocol}/models/{model}${versions}${action}`,
    path: to,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    pathParameters: match === null ? null : { model, version },
    requestContext: { requestId: "request-1", stage: "dev", identity: { apiKeyId: "key-id", apiKey: "key-value" } },
    body: body === undefined ? null : body.toString("base64"),
    isBase64Encoded: body !== undefined,
  };
}
