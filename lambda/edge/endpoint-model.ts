// A model that a SageMaker endpoint computes. The function checks its requests and writes its answers as those of every other model;
// only the tensors go to the endpoint's engine and come back.

import { setTimeout as wait } from "node:timers/promises";
import { engineAnswer, engineRequest, type EngineRequest, jsonLength } from "../core/endpoint/engine-message";
import {
  answerTooLarge,
  largestEngineMessage,
  late,
  Refusal,
  refusalOf,
  requestTooLarge,
  unavailable,
  unfit,
} from "../core/endpoint/endpoint-refusal";
import { withoutRows } from "../core/endpoint/without-rows";
import type { Failure } from "../core/failure";
import type { PinnedEndpoint } from "../core/publish/pinned-endpoint";
import { type PinnedModel, versionOf } from "../core/publish/pinned-model";
import type { Tensor } from "../core/tensor/datatype";
import type { EndpointOutcome, Inferred, Invocation, Model, Signature } from "../core/tensor/signature";
import { retryAfter } from "./catalog";
import { ExchangeLimit, isBroken } from "./https-exchange";
import { endpointOf, signedRequest } from "./signed-request";

/** Longest pause before the second try, in milliseconds; it lasts from half as long, so that callers do not come back together. */
const longestPause = 200;

export class EndpointModel implements Model {
  readonly name: string;
  readonly version: string;
  readonly signature: Signature;
  private readonly url: URL;
  /** Why the last call got no answer of an engine, and when, by the clock. */
  private failed: { readonly failure: Failure; readonly at: number } | undefined;

  /** @param clock monotonic, in milliseconds */
  constructor(
    private readonly pinned: PinnedModel,
    private readonly endpoint: PinnedEndpoint,
    private readonly region: string,
    private readonly clock: () => number,
  ) {
    this.name = pinned.name;
    this.version = versionOf(pinned);
    this.signature = endpoint.signature;
    this.url = endpointOf("sagemaker-runtime", region);
  }

  async run(inputs: readonly Tensor[], outputs: readonly string[], invocation: Invocation): Promise<Inferred> {
    const empty = withoutRows(this.signature, inputs, outputs);
    if (empty !== undefined) return { version: this.version, outputs: empty };
    const names = outputs.map((name) => this.endpoint.tensors.get(name)!);
    const request = engineRequest(inputs, names);
    const started = this.clock();
    let [tries, outcome]: [number, EndpointOutcome] = [0, "answered"];
    try {
      if (request.size > largestEngineMessage) throw requestTooLarge();
      for (;;) {
        tries++;
        try {
          const inferred = await this.call(request, outputs, names, invocation.deadline - this.clock());
          this.failed = undefined;
          return inferred;
        } catch (error) {
          const pause = longestPause * (0.5 + Math.random() / 2);
          if (!(error instanceof Refusal) || !error.again || tries > 1 || this.clock() + pause >= invocation.deadline)
            throw error;
          await wait(pause);
        }
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      outcome = error.outcome;
      if (outcome === "unavailable") this.failed = { failure: error.failure, at: this.clock() };
      throw error.failure;
    } finally {
      invocation.called({ model: this.name, ms: this.clock() - started, tries, outcome });
    }
  }

  /** As far as its last call has shown: asking the endpoint would cost an inference with each question. */
  fault(): Failure | undefined {
    const { failed } = this;
    return failed !== undefined && this.clock() - failed.at < retryAfter ? failed.failure : undefined;
  }

  /** @throws Refusal */
  private async call(
    { contentType, parts }: EngineRequest,
    outputs: readonly string[],
    names: readonly string[],
    timeout: number,
  ): Promise<Inferred> {
    if (timeout <= 0) throw late();
    const reply = await signedRequest({
      service: "sagemaker",
      region: this.region,
      url: this.url,
      method: "POST",
      path: `/endpoints/${this.endpoint.name}/invocations`,
      headers: { "content-type": contentType, accept: contentType },
      body: parts,
      limit: largestEngineMessage,
      timeout,
      // An inference changes nothing.
      repeatable: true,
      aligned: (headers) => jsonLength(headers["content-type"]) ?? 0,
    }).catch((error: unknown) => {
      throw refusalOfError(error);
    });
    if (reply.status !== 200)
      throw refusalOf({ ...reply, errorType: reply.headers["x-amzn-errortype"] }, this.pinned.digest);
    return this.inferred(reply.body, reply.headers["content-type"], outputs, names);
  }

  /** @throws Refusal `unfit` */
  private inferred(body: Buffer, contentType: unknown, outputs: readonly string[], names: readonly string[]): Inferred {
    const answer = attempt(() => engineAnswer(body, contentType));
    if (answer instanceof Error) throw unfit(answer.message);
    if (!/^[0-9a-f]{64}$/.test(answer.model)) throw unfit("model_name is not a digest");
    const tensors = outputs.map((name, index): Tensor => {
      const tensor = answer.outputs.get(names[index]!);
      const spec = this.signature.outputs.find((known) => known.name === name)!;
      if (tensor?.datatype !== spec.datatype) throw unfit(`its output ${name} is missing or of another datatype`);
      return { ...tensor!, name };
    });
    return { version: versionOf({ digest: answer.model }), outputs: tensors };
  }
}

function refusalOfError(error: unknown): Refusal {
  if (!(error instanceof ExchangeLimit)) return unavailable(error, isBroken(error));
  return error.limit === "time" ? late() : answerTooLarge();
}

function attempt<T>(read: () => T): T | Error {
  try {
    return read();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
