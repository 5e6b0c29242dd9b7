// The model function as it is deployed: the bundle that the program makes, with its models where Lambda has the layer. Its log lines go
// to this process's stdout, which the bench leads to nowhere.

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModelManifest } from "../contract";
import { evaluate, projectRoot } from "../graph/evaluate";
import type { Archive, Graph } from "../graph/resource";
import { pin } from "../test/lambda/function";

export const models = join(projectRoot, "models");
export const fixtures = join(projectRoot, "test/fixtures/models");

export type Handler = (event: object) => Promise<{ readonly statusCode: number; readonly body: string }>;

let evaluated: Promise<Graph> | undefined;

/** The dev stack, evaluated once. */
export function deployedGraph(): Promise<Graph> {
  return (evaluated ??= evaluate({ stack: "dev" }));
}

/** The files of the function's archive, by path. */
export async function deployedFiles(): Promise<Record<string, string>> {
  const { resources } = await deployedGraph();
  const { inputs } = resources.find(({ name }) => name === "model-code")!;
  const files = (inputs.source as Archive).archive as unknown as { files: Record<string, { asset: { text: string } }> };
  return Object.fromEntries(Object.entries(files.files).map(([path, { asset }]) => [path, asset.text]));
}

/** A new instance of the function, with one model. @param directory that contains the model's folder */
export async function loadHandler(
  directory: string,
  model: string,
  manifest: ModelManifest = pin(directory, [model]),
): Promise<Handler> {
  const root = mkdtempSync(join(tmpdir(), "bench-"));
  process.on("exit", () => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(await deployedFiles())) writeFileSync(join(root, path), text);
  writeFileSync(join(root, "models.json"), JSON.stringify(manifest));
  symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
  Object.assign(process.env, {
    ...{ LAMBDA_TASK_ROOT: root, MODELS_DIR: directory, DEFAULT_MODEL: model },
    METRICS_NAMESPACE: "bench",
  });
  return (require(join(root, "model.js")) as { handler: Handler }).handler;
}

/** @throws Error if the function does not answer with a prediction */
export async function requirePrediction(handler: Handler, event: object): Promise<string> {
  const { statusCode, body } = await handler(event);
  if (statusCode !== 200) throw new Error(`the function answered ${statusCode}: ${body}`);
  return body;
}

/** An event of API Gateway, with the body as it hands it over where binary media types are on. */
export function event(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): object {
  return {
    resource: "/mymodel",
    path: "/mymodel",
    httpMethod: "POST",
    headers,
    body: Buffer.from(body).toString("base64"),
    isBase64Encoded: true,
    requestContext: { requestId: "bench" },
  };
}

export interface Case {
  readonly id: string;
  readonly name: string;
  readonly directory: string;
  readonly model: string;
  readonly input: string;
  readonly shape: readonly number[];
  /** Calls of a turn. */
  readonly times: number;
}

export const cases: readonly Case[] = [
  {
    ...{ id: "small", name: "a prediction of 1×4", directory: models, model: "mymodel", input: "features" },
    ...{ shape: [1, 4], times: 100 },
  },
  {
    ...{ id: "image", name: "a prediction of 1×3×224×224", directory: fixtures, model: "image", input: "x" },
    ...{ shape: [1, 3, 224, 224], times: 2 },
  },
];

/** Numbers with sixteen or more digits, as Python's json module writes a float32. */
export function dataOf(shape: readonly number[]): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, index) => Math.sin(index * 12.9898) * 3);
}
