// Which models a graph serves: read from the manifest packed with the function's code, as the function itself does.

import { environment, manifestFile, type ModelEndpoint, type ModelManifest } from "../../contract";
import { archived, type Graph, ofType } from "../../graph/resource";
import type { Functions, Invocation } from "../functions/environments/invocation";
import type { LocalFunctions } from "../functions/local-functions";
import type { ExampleInput } from "../../model/example-request";
import type { RunProgram } from "./program";
import type { WatchedPublications } from "../training/publishing/watched-publications";

export interface ServedModels {
  /** ARN of the model function's alias. */
  readonly functionArn: string;
  readonly names: readonly string[];
  /** Name of the default model, which the plain routes serve. */
  readonly standard: string;
  /** Whether the default model is called through a transform. */
  readonly transformed: boolean;
}

/** @returns undefined if the graph has no model function */
export function servedModels(graph: Graph): ServedModels | undefined {
  for (const lambda of ofType(graph, "aws:lambda/function:Function")) {
    const { variables } = lambda.inputs.environment as { variables: Record<string, string> };
    const standard = variables[environment.defaultModel];
    const alias = ofType(graph, "aws:lambda/alias:Alias").find(
      ({ inputs }) => inputs.functionName === lambda.inputs.name,
    );
    const models = manifestOf(graph, String(lambda.inputs.s3Key))?.models ?? {};
    if (standard === undefined || alias === undefined) continue;
    const transformed = models[standard]?.transform !== undefined;
    return { functionArn: String(alias.outputs.arn), names: Object.keys(models), standard, transformed };
  }
  return undefined;
}

/**
 * The V2 servers in the place of engines, by the endpoint's name.
 * @param engines their addresses by model
 * @throws Error for a model that no endpoint computes
 */
export function serversOf(
  graph: Graph,
  engines: ReadonlyMap<string, URL>,
): Map<string, { model: string; url: URL; signature: ModelEndpoint["signature"] }> {
  const lambda = ofType(graph, "aws:lambda/function:Function").map(({ inputs }) =>
    manifestOf(graph, String(inputs.s3Key)),
  );
  const models = Object.entries(lambda.find((manifest) => manifest !== undefined)?.models ?? {});
  const atEndpoints = models.flatMap(([name, { endpoint }]) => (endpoint === undefined ? [] : [name]));
  return new Map(
    [...engines].map(([model, url]) => {
      const endpoint = models.find(([name]) => name === model)?.[1].endpoint;
      if (endpoint !== undefined) return [endpoint.name, { model, url, signature: endpoint.signature }];
      const allowed =
        atEndpoints.length === 0 ? "the setting endpoints names none" : `those are ${atEndpoints.join(", ")}`;
      throw new Error(`--engine ${model}: no endpoint computes a model of this name; ${allowed}`);
    }),
  );
}

function manifestOf(graph: Graph, key: string): ModelManifest | undefined {
  const object = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").find(({ inputs }) => inputs.key === key);
  const file = object && archived(object)[manifestFile];
  return file && "text" in file ? (JSON.parse(file.text) as ModelManifest) : undefined;
}

// Requests information about one of its models, with the same event that a gateway sends.

interface ModelMetadata {
  readonly versions: readonly string[];
  readonly inputs: readonly ExampleInput[];
}

/** Longest wait for a response, in milliseconds. */
const patience = 20_000;

/** @returns undefined if the function does not respond with 200 */
export async function modelMetadata(
  functions: Pick<Functions, "invoke">,
  functionArn: string,
  model: string,
): Promise<ModelMetadata | undefined> {
  const response = await requestModel(functions, functionArn, { model, timeoutMs: patience });
  if (response.kind !== "result") return undefined;
  const { statusCode, body } = response.payload as { statusCode: number; body: string };
  return statusCode === 200 ? (JSON.parse(body) as ModelMetadata) : undefined;
}

interface ModelRequest {
  readonly model: string;
  readonly timeoutMs: number;
  /** Absent: the model's metadata. */
  readonly about?: "/ready";
}

export function requestModel(
  functions: Pick<Functions, "invoke">,
  functionArn: string,
  { model, timeoutMs, about }: ModelRequest,
): Promise<Invocation> {
  const event = {
    httpMethod: "GET",
    path: `/v2/models/${model}${about ?? ""}`,
    resource: `/v2/models/{model}${about ?? ""}`,
    headers: {},
    pathParameters: { model },
    requestContext: {},
  };
  return functions.invoke(functionArn, event, { timeoutMs });
}

// Makes a running `npm start` serve the model that `npm run pipeline` or `npm run live` has made live, and reports it.

export function watchPublications(
  publications: Pick<WatchedPublications, "isOn" | "open" | "watch">,
  program: Pick<RunProgram, "sets" | "add" | "evaluate">,
  functions: Pick<LocalFunctions, "invoke" | "replace">,
  tell: (line: string) => void,
): void {
  publications.watch(async (models) => {
    // A model was published although the stack has the module off: switch it on for the rest of this run.
    if (!publications.isOn && !program.sets("sagemaker")) {
      program.add({ sagemaker: true });
      const next = await program.evaluate();
      await publications.open(next);
      await functions.replace(next);
    }
    const served = publications.isOn ? servedModels(await program.evaluate()) : undefined;
    for (const name of served?.names.filter((each) => models.includes(each)) ?? []) {
      const version = (await modelMetadata(functions, served!.functionArn, name))?.versions[0];
      if (version !== undefined) tell(`${name}: version ${version} is served.`);
    }
  }, tell);
}
