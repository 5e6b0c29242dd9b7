// What an endpoint's refusal means to the caller: a mistake of its own, a size, or that the model cannot be had at the moment.
// Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html#API_runtime_InvokeEndpoint_Errors,
// and for throttling, a 400 without a message, https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html

import { Failure, refusedByModel, withoutValues } from "../failure";
import type { EndpointOutcome } from "../tensor/signature";

/** That a call of an endpoint gave no outputs: what the caller is told, and what is logged. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  /** @param again whether the same request may succeed a moment later */
  constructor(
    readonly outcome: Exclude<EndpointOutcome, "answered">,
    readonly failure: Failure,
    readonly again = false,
  ) {
    super(failure.message);
  }
}

export interface RefusingReply {
  readonly status: number;
  /** Header `x-amzn-ErrorType` as sent. */
  readonly errorType: unknown;
  readonly body: Buffer;
}

/**
 * Maximum size of a request to an endpoint, and of its answer, in bytes.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deploy-model-options.html (payload of real-time inference, 25 MB)
 */
export const largestEngineMessage = 25 * 1024 * 1024;

/** Seconds after which a caller may try again: with the next free instance, or when an update has gone on. */
const [retryBusy, retryUnavailable] = ["1", "10"];

/** @param digest of the model that the endpoint is to serve, by which its engine knows it */
export function refusalOf(reply: RefusingReply, digest: string): Refusal {
  const { status } = reply;
  const body = status < 400 ? {} : membersOf(reply.body);
  const code = codeOf(reply.errorType) || codeOf(body["__type"]) || codeOf(body["code"]);
  if (code === "ModelError" || status === 424) return engineRefusal(body, digest);
  if (status === 413 || (code === "ValidationError" && /payload|length less than/i.test(text(body["message"]))))
    return requestTooLarge();
  const cause = `SageMaker answered ${status} ${code || "without a code"}`;
  if (status === 429 || /^Throttl|^TooManyRequests/.test(code)) return busy(cause);
  return unavailable(cause, status === 503);
}

/** The engine's own answer, which SageMaker passes on within its error. */
function engineRefusal(body: Readonly<Record<string, unknown>>, digest: string): Refusal {
  const status = Number(body["OriginalStatusCode"]);
  const sent = text(body["OriginalMessage"]);
  const message = text(membersOf(Buffer.from(sent))["error"]) || sent;
  const cause = `the engine answered ${status}: ${withoutValues(message)}`;
  if (status === 413) return requestTooLarge();
  if (status === 429 || status === 503 || overload.test(message)) return busy(cause);
  // Triton answers nearly everything with 400, or by its own codes, among them 500 for what the runtime could not do.
  const ofInputs = status === 400 || /onnx ?runtime error/i.test(message);
  const named = /\b[0-9a-f]{64}\b/.exec(message)?.[0] ?? digest;
  if (named !== digest) return unfit(cause);
  if (!ofInputs || ofEngine.test(message.replace(/Name:'[^']*'/, ""))) return unavailable(cause);
  return new Refusal("refused", refusedByModel(message));
}

/** Of a full or timed out queue (Triton's scheduler). */
const overload = /exceeds maximum queue size|timeout expired/i;

/** What is no fault of the inputs, though Triton answers 400. */
const ofEngine = /unknown model|not ready|unavailable|not found|no available version|failed to load|memory|alloc|cuda/i;

/** That no answer of an engine came. @param cause for the log. @param again whether another connection may help */
export function unavailable(cause: unknown, again = false): Refusal {
  const detail = "its endpoint does not answer at the moment; it may be being made or updated";
  return new Refusal("unavailable", temporary("model-unavailable", detail, cause), again);
}

/** That the endpoint did not answer in the time that the request has left. */
export function late(): Refusal {
  return new Refusal("late", temporary("model-unavailable", "its endpoint did not answer in time", undefined));
}

/** That the answer is not what was asked for: of another model, while the endpoint is updated. @param cause for the log */
export function unfit(cause: unknown): Refusal {
  const detail = "its endpoint answered as another model, as it does while it is updated";
  return new Refusal("unfit", temporary("model-unavailable", detail, cause));
}

function busy(cause: string): Refusal {
  return new Refusal("busy", temporary("model-busy", "try again", cause), true);
}

export function requestTooLarge(): Refusal {
  const detail = `an endpoint takes at most ${largestEngineMessage} bytes, as binary tensors; send a smaller batch`;
  return new Refusal("too-large", new Failure("request-too-large", detail));
}

export function answerTooLarge(): Refusal {
  const detail = `an endpoint answers at most ${largestEngineMessage} bytes, as binary tensors; send a smaller batch`;
  return new Refusal("too-large", new Failure("response-too-large", detail));
}

function temporary(code: "model-busy" | "model-unavailable", detail: string, cause: unknown): Failure {
  const seconds = code === "model-busy" ? retryBusy : retryUnavailable;
  return new Failure(code, detail, { headers: { "Retry-After": seconds! }, cause });
}

/** `ModelError` of `ModelError:http://…` and of `com.amazon.sagemaker#ModelError`. */
function codeOf(value: unknown): string {
  return /^(?:[\w.]+#)?(\w{1,64})(?:$|[:,])/.exec(text(value))?.[1] ?? "";
}

/** Most bytes of an error that are read. */
const longest = 64 * 1024;

function membersOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = body.length > longest ? undefined : JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // A load balancer answers in HTML.
  }
  return {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
