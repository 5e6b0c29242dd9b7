// The model function: serves every bundled model over the Open Inference Protocol V2 and TensorFlow Serving's REST API, and the
// default model on the plain routes too; through its transform, if it has one, but for V2. Event → request → route → inference →
// response; all failures are reported and logged in one place.

import path from "node:path";
import { environment, manifestFile, modelTimeout, originsOf, payloadLimit } from "../contract";
import { Failure } from "./core/failure";
import { type Client, clientOf, mayCall, requireModel } from "./core/protocol/client";
import { errorOutcome, type RequestOutcome } from "./core/protocol/error-outcome";
import { infer, isStrict } from "./core/protocol/inference";
import type { Forms } from "./core/protocol/inference-body";
import { type LogEntry, loggedPrincipal, type LoggedRequest, logLine } from "./core/protocol/log-record";
import { type GatewayEvent, inflate, type ProxyRequest, readRequest } from "./core/protocol/request";
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
import { requireAnswered } from "./core/publish/served-model";
import { threadsFor } from "./core/threads";
import { mediaType } from "./core/transform/transform-body";
import { inferTransformed } from "./core/transform/transform";
import type { Invocation } from "./core/tensor/signature";
import { Catalog } from "./edge/catalog";
import { writeLine } from "./edge/log";
import { readManifest } from "./edge/model-files";
import { modelLoader } from "./edge/model-loader";
import { ServedModels } from "./edge/served-models";
import { Transforms } from "./edge/transform-code";

const variable = (name: string): string => process.env[name] ?? "";
const origins = originsOf(variable(environment.corsOrigin));
const metricsNamespace = variable(environment.metricsNamespace);

const threads = threadsFor(Number(variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") || 0));

const root = variable("LAMBDA_TASK_ROOT") || __dirname;
const clock = () => performance.now();
const pins = readManifest(path.join(root, manifestFile));
const transforms = new Transforms(root);
const region = variable("AWS_REGION");
const load = modelLoader(pins, { directory: variable(environment.modelsDirectory), region, threads, clock });
const catalog = new Catalog(
  pins,
  async (pinned) => {
    transforms.of(pinned); // A model whose transform does not load is not available.
    return load.pinned(pinned);
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
          region,
          refresh: Number(variable(environment.modelsRefresh)),
          load: load.checked,
        }),
      );
const models = new ServedModels(catalog, published);
const servedByDefault = pins.get(variable(environment.defaultModel));
// Loads the default model ahead of the first request. If that fails, the request that needs it reports it.
if (servedByDefault !== undefined) models.prepare(servedByDefault);

export async function handler(
  event: GatewayEvent,
  context?: { readonly awsRequestId?: string; readonly getRemainingTimeInMillis?: () => number },
): Promise<ProxyResponse> {
  const started = clock();
  const deadline = started + (context?.getRemainingTimeInMillis?.() ?? modelTimeout * 1000) - timeToAnswer;
  const logged: LoggedRequest = { route: "unknown", model: "unknown" };
  const requestId = event.requestContext?.requestId ?? context?.awsRequestId ?? "";
  const client = clientOf(event);
  let outcome: RequestOutcome;
  try {
    outcome = { response: await respond(readRequest(event), client, deadline, logged), level: "info" };
  } catch (error) {
    outcome = errorOutcome(error, requestId);
  }
  const { response } = outcome;
  const sender = loggedPrincipal(event.requestContext ?? {});
  // Each member by name: spreading the two objects costs more than all the rest of the line.
  const entry: LogEntry = {
    route: logged.route,
    model: logged.model,
    variant: logged.variant,
    transform: logged.transform,
    endpoints: logged.endpoints,
    transformMs: logged.transformMs,
    level: outcome.level,
    code: outcome.code,
    cause: outcome.cause,
    status: response.statusCode,
    ms: rounded(clock() - started),
    requestId,
    traceId: process.env["_X_AMZN_TRACE_ID"] ?? "",
    principal: sender.principal,
    client: client?.name ?? sender.client,
  };
  writeLine(logLine(entry, client !== undefined, metricsNamespace, Date.now()));
  return withCors(response, origins, event);
}

async function respond(
  request: ProxyRequest,
  client: Client | undefined,
  deadline: number,
  logged: LoggedRequest,
): Promise<ProxyResponse> {
  const route = routeOf(request);
  logged.route = request.template === undefined ? route.operation : `${request.method} ${request.template}`;
  if (route.operation === "server-metadata") return jsonResponse(200, serverMetadata());
  if (route.operation === "server-live") return jsonResponse(200, { live: true });
  if (route.operation === "server-ready") return jsonResponse(200, { ready: await isReady() });
  if (route.operation === "repository-index") {
    const callable = [...pins.values()].filter(({ name }) => mayCall(client, name));
    return jsonResponse(200, repositoryIndex(callable, await models.failures(callable)));
  }

  const name = route.model ?? requireDefault().name;
  requireModel(client, name);
  const pinned = catalog.pinned(name);
  logged.model = pinned.name;
  // Only inference is split between stable and canary: metadata and readiness must not vary from request to request.
  const { model, variant } = await models.serving(pinned, route.version, infers(route) ? Math.random() * 100 : 0);
  if (variant !== undefined && infers(route)) logged.variant = variant;
  if (route.operation === "model-metadata")
    return jsonResponse(200, modelMetadata(model, payloadLimit, transformVersion(pinned)));
  if (!infers(route)) {
    const fault = model.fault?.();
    if (fault !== undefined) throw fault;
  }
  if (route.operation === "model-ready") return jsonResponse(200, { name: model.name, ready: true });
  if (route.operation === "model-status") return jsonResponse(200, modelStatus(model));
  const invocation: Invocation = {
    deadline,
    called: (call) => (logged.endpoints = [...(logged.endpoints ?? []), { ...call, ms: rounded(call.ms) }]),
  };
  const body = {
    bytes: inflate(request.body, request.header("content-encoding")),
    headerLength: request.header("inference-header-content-length"),
    forms: formsOf(route),
    strictNumbers: isStrict(request.header("accept")),
    responseLimit: payloadLimit,
    invocation,
  };
  const transform = route.operation === "predict" ? transforms.of(pinned) : undefined;
  if (transform === undefined) {
    const written = await infer(model, body);
    requireAnswered(route.version, written.version);
    return inferenceResponse(written, payloadLimit);
  }
  logged.transform = transform.version;
  const call = {
    body,
    contentType: mediaType(request.header("content-type")),
    accept: request.header("accept") ?? "",
    modelNamed: (other: string) => models.stable(catalog.pinned(other)),
    clock,
  };
  const { answer, version } = await inferTransformed(
    transform,
    model,
    call,
    (ms) => (logged.transformMs = rounded(ms)),
  );
  requireAnswered(route.version, version);
  return transformedResponse(answer, version, transform.version, payloadLimit);
}

/** Milliseconds that are left for writing an answer when an endpoint's time is over. */
const timeToAnswer = 1_000;

/** Milliseconds, to the microsecond. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

function infers({ operation }: ProtocolRoute): boolean {
  return operation === "predict" || operation === "infer";
}

/** The plain routes take both protocols, the others the one that they belong to. */
function formsOf(route: ProtocolRoute): Forms {
  if (route.operation === "infer") return "standard";
  return "model" in route && route.model !== undefined ? "rows" : "both";
}

/** Waits for the default model, if there is one; the others load on first use. @throws Failure `model-unavailable` */
async function isReady(): Promise<boolean> {
  const fault = servedByDefault && (await catalog.get(servedByDefault.name)).fault?.();
  if (fault !== undefined) throw fault;
  return true;
}

function requireDefault(): PinnedModel {
  if (servedByDefault !== undefined) return servedByDefault;
  throw new Failure("no-default-model", `${pins.size} models are served, and the default is none of them`);
}
