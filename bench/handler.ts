// CPU time of one request to the model function, compared with bare onnxruntime and with a bare HTTP round trip.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { InferenceSession, Tensor } from "onnxruntime-node";

import { pin } from "../test/lambda/function";

export interface Row {
  readonly name: string;
  readonly ratio: number;
  readonly unit: string;
}

export function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;
}

const models = path.join(__dirname, "../models");
const fixtures = path.join(__dirname, "../test/fixtures/models");

/** Average CPU time of one call over all threads, in microseconds. */
export async function cpu(call: () => Promise<unknown>, times: number): Promise<number> {
  for (let warm = 0; warm < Math.max(times / 5, 3); warm++) await call();
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

export function loadHandler(directory: string, model: string, manifest = pin(directory, [model])) {
  const root = mkdtempSync(path.join(tmpdir(), "bench-"));
  writeFileSync(path.join(root, "models.json"), JSON.stringify(manifest));
  Object.assign(process.env, { LAMBDA_TASK_ROOT: root, MODELS_DIR: directory, DEFAULT_MODEL: model });
  const entry = require.resolve("../lambda/model");
  Reflect.deleteProperty(require.cache, entry);
  return (require(entry) as typeof import("../lambda/model")).handler;
}

export function event(body: string | Buffer) {
  return {
    resource: "/mymodel",
    path: "/mymodel",
    httpMethod: "POST",
    headers: {},
    body: Buffer.from(body).toString("base64"),
    isBase64Encoded: true,
    requestContext: { requestId: "bench" },
  };
}

/** Discards log lines while the handler is measured: writing to a terminal would cost more than the request. */
export async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { write } = process.stdout;
  process.stdout.write = (() => true) as typeof process.stdout.write;
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
}

/** CPU time of a round trip with client and server in this process, so it includes both; the connection is kept alive. */
async function bareHttp(body: string, answer: string, times: number): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const call = () =>
    new Promise<void>((resolve, reject) => {
      const sent = httpRequest({ host: "127.0.0.1", port, method: "POST" }, (reply) => {
        reply.resume().on("end", resolve);
      });
      sent.on("error", reject).end(body);
    });
  const micros = await cpu(call, times);
  server.closeAllConnections();
  server.close();
  return micros;
}

export interface Case {
  readonly name: string;
  readonly directory: string;
  readonly model: string;
  readonly input: string;
  readonly shape: readonly number[];
  readonly times: number;
}

export const cases: readonly Case[] = [
  { name: "small", directory: models, model: "mymodel", input: "features", shape: [1, 4], times: 5000 },
  { name: "1×3×224×224", directory: fixtures, model: "image", input: "x", shape: [1, 3, 224, 224], times: 40 },
];

export async function bench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, directory, model, input, shape, times } of cases) {
    const count = shape.reduce((product, size) => product * size, 1);
    // Numbers with sixteen or more digits, as Python's json module writes a float32.
    const data = Float32Array.from({ length: count }, (_, index) => Math.sin(index * 12.9898) * 3);
    const body = JSON.stringify({ inputs: [{ name: input, shape, datatype: "FP32", data: Array.from(data) }] });

    const session = await InferenceSession.create(readFileSync(path.join(directory, model, "model.onnx")), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
    });
    const bare = await cpu(() => session.run({ [input]: new Tensor("float32", data, shape) }), times);
    const handler = loadHandler(directory, model);
    const sent = event(body);
    const answer = await quietly(() => handler(sent));
    if (answer.statusCode !== 200) throw new Error(`the handler answered ${answer.statusCode}: ${answer.body}`);
    const handled = await quietly(() => cpu(() => handler(sent), times));
    const http = await bareHttp(body, answer.body, times);

    rows.push({ name: `handler, ${name}: own work`, ratio: handled - bare, unit: "µs CPU over bare session.run" });
    rows.push({ name: `handler, ${name}: to bare onnxruntime`, ratio: handled / bare, unit: "× CPU" });
    rows.push({ name: `handler, ${name}: to a bare HTTP round trip`, ratio: handled / http, unit: "× CPU" });
  }
  return rows;
}
