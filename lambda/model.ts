// The model function: serves every bundled model over the Open Inference Protocol V2 and TensorFlow Serving's REST API, and the
// default model on the plain routes too; through its transform, if it has one, but for V2. Event → request → route → inference →
// response; all failures are reported and logged in one place.

import path from "node:path";
import { environment, manifestFile, originsOf, payloadLimit } from "../contract";
import { Failure } from "./core/failure";
import { type Client, clientOf, mayCall, requireModel } from "./core/protocol/client";
import { errorOutcome, type RequestOutcome } from "./core/protocol/error-outcome";
import { infer, isStrict } from "./core/protocol/inference";
import type { Forms } from "./core/protocol/inference-body";
import { loggedPrincipal, type LoggedRequest, logLine } from "./core/protocol/log-record";
import { type GatewayEvent, inflate, originOf, type ProxyRequest, readRequest } from "./core/protocol/request";
import {
  inferenceResponse,
  jsonResponse,
  modelMetadata,
  modelStatus,
  type ProxyResponse,
  repositoryIndex,
  serverMetadata,
  transformedResponse,
  withCors,
} from "./core/protocol/response";
import { type ProtocolRoute, routeOf } from "./core/protocol/route";
import { type PinnedModel, transformVersion } from "./core/publish/pinned-model";
import { servedModel } from "./core/publish/served-model";
import { threadsFor } from "./core/threads";
import { mediaType } from "./core/transform/transform-body";
import { inferTransformed } from "./core/transform/transform";
import type { Model } from "./core/tensor/signature";
import { Catalog } from "./edge/catalog";
import { writeLine } from "./edge/log";
import { readManifest, readModelFiles } from "./edge/model-files";
import { loadModel } from "./edge/onnx";
import { Transforms } from "./edge/transform-code";

const variable = (name: string): string => process.env[name] ?? "";
const modelsDirectory = variable(environment.modelsDirectory);
const origins = originsOf(variable(environment.corsOrigin));
const metricsNamespace = variable(environment.metricsNamespace);

const threads = threadsFor(Number(variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") || 0));

const root = variable("LAMBDA_TASK_ROOT") || __dirname;
const clock = () => performance.now();
const pins = readManifest(path.join(root, manifestFile));
const transforms = new Transforms(root);
const catalog = new Catalog(
  pins,
  async (pinned) => {
    transforms.of(pinned); // A model whose transform does not load is not available.
    return loadModel(pinned, await readModelFiles(modelsDirectory, pinned), threads);
  },
  clock,
);
/** Empty: only the bundled models are served, and the code for published ones is not even loaded. */
const modelsBucket = variable(environment.modelsBucket);
const published =
  modelsBucket === ""
    ? undefined
    : import("./edge/live-models").then(({ publishedModels }) =>
        publishedModels({
          bucket: modelsBucket,
          region: variable("AWS_REGION"),
          refresh: Number(variable(environment.modelsRefresh)),
          load: (pinned, files) => loadModel(pinned, files, threads),
        }),
      );
const servedByDefault = pins.get(variable(environment.defaultModel))?.name;
// Loads the default model ahead of the first request. If that fails, the request that needs it reports it.
if (servedByDefault !== undefined) {
  catalog.get(servedByDefault).catch(() => undefined);
  const model = servedByDefault;
  published?.then((models) => models.live(model)).catch(() => undefined);
}

export async function handler(
  event: GatewayEvent,
  context?: { readonly awsRequestId?: string },
): Promise<ProxyResponse> {
  const started = clock();
  const logged: LoggedRequest = { route: "unknown", model: "unknown" };
  const requestId = event.requestContext?.requestId ?? context?.awsRequestId ?? "";
  const client = clientOf(event);
  let outcome: RequestOutcome;
  try {
    outcome = { response: await respond(readRequest(event), client, logged), level: "info" };
  } catch (error) {
    outcome = errorOutcome(error, requestId);
  }
  const { response, ...failure } = outcome;
  const entry = {
    ...logged,
    ...failure,
    status: response.statusCode,
    ms: rounded(clock() - started),
    requestId,
    traceId: process.env["_X_AMZN_TRACE_ID"] ?? "",
    ...loggedPrincipal(event.requestContext ?? {}),
    ...(client === undefined ? { listed: false } : { listed: true, client: client.name }),
  };
  writeLine(logLine(entry, metricsNamespace, Date.now()));
  return withCors(response, origins, originOf(event));
}

async function respond(
  request: ProxyRequest,
  client: Client | undefined,
  logged: LoggedRequest,
): Promise<ProxyResponse> {
  const route = routeOf(request);
  logged.route = request.template === undefined ? route.operation : `${request.method} ${request.template}`;
  if (route.operation === "server-metadata") return jsonResponse(200, serverMetadata());
  if (route.operation === "server-live") return jsonResponse(200, { live: true });
  if (route.operation === "server-ready") return jsonResponse(200, { ready: await isReady() });
  if (route.operation === "repository-index") {
    const callable = [...pins.values()].filter(({ name }) => mayCall(client, name));
    return jsonResponse(200, repositoryIndex(callable, await failures(callable)));
  }

  const name = route.model ?? requireDefault();
  requireModel(client, name);
  const pinned = catalog.pinned(name);
  logged.model = pinned.name;
  const live = await (await published)?.live(pinned.name);
  // Only inference is split between stable and canary: metadata and readiness must not vary from request to request.
  const roll = live === undefined || !infers(route) ? 0 : Math.random() * 100;
  const served = servedModel(pinned, live, route.version, roll);
  if (served.variant !== undefined && infers(route)) logged.variant = served.variant;
  const model = served.model ?? (await catalog.get(pinned.name));
  if (route.operation === "model-metadata")
    return jsonResponse(200, modelMetadata(model, payloadLimit, transformVersion(pinned)));
  if (route.operation === "model-ready") return jsonResponse(200, { name: model.name, ready: true });
  if (route.operation === "model-status") return jsonResponse(200, modelStatus(model));
  const body = {
    bytes: inflate(request.body, request.header("content-encoding")),
    headerLength: request.header("inference-header-content-length"),
    forms: formsOf(route),
    strictNumbers: isStrict(request.header("accept")),
    responseLimit: payloadLimit,
  };
  const transform = route.operation === "predict" ? transforms.of(pinned) : undefined;
  if (transform === undefined) return inferenceResponse(await infer(model, body), payloadLimit);
  logged.transform = transform.version;
  const call = {
    body,
    contentType: mediaType(request.header("content-type")),
    accept: request.header("accept") ?? "",
    modelNamed: (other: string) => stableModel(catalog.pinned(other)),
    clock,
  };
  const answer = await inferTransformed(transform, model, call, (ms) => (logged.transformMs = rounded(ms)));
  return transformedResponse(answer, model.version, transform.version, payloadLimit);
}

/** The model that a transform calls: never a canary, which is judged by the calls of its own name alone. */
async function stableModel(pinned: PinnedModel): Promise<Model> {
  const live = await (await published)?.live(pinned.name);
  return servedModel(pinned, live, undefined, 100).model ?? (await catalog.get(pinned.name));
}

/** Milliseconds, to the microsecond. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** Models that cannot be loaded, and in whose place no published one is live. */
async function failures(models: readonly PinnedModel[]): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  for (const { name } of models) {
    const reason = catalog.failure(name);
    if (reason === undefined) continue;
    const live = published === undefined ? undefined : await (await published).live(name);
    if ((live?.digest ?? live?.previous ?? null) === null) failed.set(name, reason);
  }
  return failed;
}

function infers({ operation }: ProtocolRoute): boolean {
  return operation === "predict" || operation === "infer";
}

/** The plain routes take both protocols, the others the one that they belong to. */
function formsOf({ operation, ...route }: ProtocolRoute): Forms {
  if (operation === "infer") return "standard";
  return "model" in route && route.model !== undefined ? "rows" : "both";
}

/** Waits for the default model, if there is one; the others load on first use. @throws Failure `model-unavailable` */
async function isReady(): Promise<boolean> {
  if (servedByDefault !== undefined) await catalog.get(servedByDefault);
  return true;
}

function requireDefault(): string {
  if (servedByDefault !== undefined) return servedByDefault;
  throw new Failure("no-default-model", `${pins.size} models are served, and the default is none of them`);
}
