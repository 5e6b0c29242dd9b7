// The publisher function, the only writer of the published models: stores an approved model package under its digest
// and points to it; the canary's alarm or the operator rolls back. Events may arrive twice or concurrently.

import { createHash } from "node:crypto";
import { environment, largestPublishedModel, type LivePointer, publishedKeys } from "../contract";
import { fileFrom } from "./core/publish/archive";
import { isCanary, parsePointer, promoted, published, rolledBack } from "./core/publish/live-pointer";
import { type PublisherTask, readPublisherEvent } from "./core/publish/publisher-event";
import { type EvaluatedModel, type ModelPackage, parseReport, sameTensors } from "./core/publish/registered-model";
import { writeLine } from "./edge/log";
import { describePackage } from "./edge/model-registry";
import { ObjectStore } from "./edge/object-store";
import { registeredSignature } from "./edge/registered-signature";

const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`the variable ${name} is not set`);
  return value;
};
const region = variable("AWS_REGION");
const bucket = variable(environment.modelsBucket);
const trainingBucket = variable(environment.trainingBucket);
const model = variable(environment.publishedModel);
const group = variable(environment.modelPackageGroup);
const alarm = variable(environment.canaryAlarm);
const canaryPercent = Number(variable(environment.canaryPercent));

const store = new ObjectStore(region, { small: 5_000, large: 60_000 });

const largestArchive = largestPublishedModel;
const largestReport = 1024 * 1024;
const largestPointer = 16 * 1024;
/** Allows 16 MB besides the model, and a compression ratio of 100, which real weights stay below, unlike zeros. */
const limits = { file: largestPublishedModel, inflated: largestPublishedModel + 16 * 1024 * 1024, ratio: 100 };

/** Attempts to update the pointer before giving up to concurrent writers. */
const tries = 5;

export interface PublisherResult {
  readonly outcome: "published" | "promoted" | "rolled back" | "shown" | "unchanged";
  readonly model: string;
  /** The pointer after the event; `null`: nothing was ever published. */
  readonly pointer: LivePointer | null;
}

/** The Lambda entry point. @throws Error if a model must not be published, or if Lambda should retry the event */
export async function handler(event: unknown): Promise<PublisherResult> {
  let asked: PublisherTask | undefined;
  try {
    asked = readPublisherEvent(event, group, alarm);
    const outcome = await run(asked);
    const { digest, canaryPercent: percent } = outcome.pointer ?? {};
    writeLine(JSON.stringify({ level: "info", ...asked, outcome: outcome.outcome, model, digest, percent }));
    return outcome;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    writeLine(JSON.stringify({ level: "error", ...asked, outcome: "refused", model, cause }));
    throw error;
  }
}

async function run(asked: PublisherTask): Promise<PublisherResult> {
  if (asked.kind === "package") return publish(asked.arn);
  const canary = (before?: LivePointer) => (before !== undefined && isCanary(before) ? before : undefined);
  // The alarm concerns a canary: if there is none any more, a late alarm must not roll back what was promoted since.
  if (asked.kind === "alarm") return change("rolled back", (before) => canary(before) && rolledBack(canary(before)!));
  if (asked.command === "rollback") return change("rolled back", (before) => before && rolledBack(before));
  if (asked.command === "promote") return change("promoted", (before) => canary(before) && promoted(canary(before)!));
  return { outcome: "shown", model, pointer: (await pointerNow()).pointer ?? null };
}

async function publish(arn: string): Promise<PublisherResult> {
  const registered = await describePackage(region, arn);
  if (registered.group !== group) throw new Error("the model package is of another group");
  const before = (await pointerNow()).pointer;
  // Not approved: the event is outdated or forged.
  if (!registered.approved || before?.handled.includes(registered.version)) return unchanged(before);
  const { content, evaluated } = await verifiedModel(registered);
  const { digest } = evaluated;
  // `false` (the object exists) is fine too: the key contains the digest, so the content is the same.
  await store.put(bucket, publishedKeys.artefact(model, digest), content, undefined);
  return change("published", (now) => published(now, { digest, version: registered.version, canaryPercent }));
}

/** The ONNX file of a package. @throws Error if it is not the model that the evaluation report describes */
async function verifiedModel(registered: ModelPackage): Promise<{ content: Buffer; evaluated: EvaluatedModel }> {
  const evaluated = parseReport((await trainingObject(registered.report, largestReport)).toString("utf8"));
  const content = await fileFrom(await trainingObject(registered.artefact, largestArchive), "model.onnx", limits);
  if (createHash("sha256").update(content).digest("hex") !== evaluated.digest) {
    throw new Error("the artefact's digest is not the one that was registered");
  }
  const signature = await registeredSignature(content);
  if (!sameTensors(signature.inputs, evaluated.inputs) || !sameTensors(signature.outputs, evaluated.outputs)) {
    throw new Error("the artefact's inputs or outputs are not those that were registered");
  }
  return { content, evaluated };
}

/**
 * Reads an object of the training bucket.
 * @throws Error if the address is in another bucket: the pipeline did not write it
 */
async function trainingObject(address: { bucket: string; key: string }, limit: number): Promise<Buffer> {
  if (address.bucket !== trainingBucket) throw new Error("the model package points outside the training bucket");
  const found = await store.get(address.bucket, address.key, { limit });
  if (found === undefined || found === "unchanged") throw new Error("an artefact of the model package is not there");
  return found.body;
}

async function pointerNow(): Promise<{ pointer: LivePointer | undefined; etag: string | undefined }> {
  const found = await store.get(bucket, publishedKeys.pointer(model), { limit: largestPointer });
  if (found === undefined || found === "unchanged") return { pointer: undefined, etag: undefined };
  return { pointer: parsePointer(found.body.toString("utf8")), etag: found.etag };
}

/**
 * Updates the pointer by optimistic locking on its ETag. `next` returns `undefined` if there is nothing to change.
 * @throws Error if concurrent writers were faster in every attempt
 */
async function change(
  outcome: PublisherResult["outcome"],
  next: (before: LivePointer | undefined) => LivePointer | undefined,
): Promise<PublisherResult> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const { pointer: before, etag } = await pointerNow();
    const after = next(before);
    if (after === undefined) return unchanged(before);
    const written = await store.put(bucket, publishedKeys.pointer(model), Buffer.from(JSON.stringify(after)), etag);
    if (written) return { outcome, model, pointer: after };
  }
  throw new Error("the pointer was changed by others each time");
}

function unchanged(pointer: LivePointer | undefined): PublisherResult {
  return { outcome: "unchanged", model, pointer: pointer ?? null };
}
