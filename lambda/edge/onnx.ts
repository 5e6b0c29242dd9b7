// Loads ONNX models with the native onnxruntime.

import path from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { type OnnxModel, readModel } from "../../onnx/model";
import {
  exposeTensors,
  isUnknownToRuntime,
  servedOutputs,
  type ServedOutput,
  servedShape,
} from "../../onnx/served-outputs";
import { datatypeOfType } from "../../onnx/signature";
import { typeText } from "../../onnx/value-type";
import { type PinnedModel, versionOf } from "../core/publish/pinned-model";
import { datatypeOf } from "../core/tensor/datatype";
import type { InputSpec, Model, OutputSpec, Signature } from "../core/tensor/signature";
import type { ModelFiles } from "./model-files";
import { logSeverityLevel, runSession } from "./onnx-run";

/**
 * Creates a session from the bytes whose digests were checked.
 * @throws Error if onnxruntime cannot load the model, or an input is not a tensor of a V2 datatype
 */
export async function loadModel(pinned: PinnedModel, files: ModelFiles, threads: number): Promise<Model> {
  return modelOf(
    { name: pinned.name, version: versionOf(pinned) },
    await openModel(files.model, threads, files.external, files.mapped),
  );
}

/**
 * Loads a file as it is, without a copy of its external data: the runtime maps that into memory. Its outputs are those of the file.
 * @throws Error as `loadModel` does
 */
export async function loadModelFile(
  identity: Pick<Model, "name" | "version">,
  file: string,
  threads: number,
): Promise<Model> {
  const session = await createSession(file, threads, []);
  return modelOf(identity, { session, outputs: ownOutputs(session) });
}

interface OpenedModel {
  readonly session: InferenceSession;
  readonly outputs: readonly ServedOutput[];
}

function modelOf(identity: Pick<Model, "name" | "version">, { session, outputs }: OpenedModel): Model {
  const tensors = new Map(outputs.map(({ name, tensor }) => [name, tensor ?? name]));
  const { version } = identity;
  return {
    ...identity,
    signature: signatureOf(session, outputs),
    run: async (inputs, names) => ({ version, outputs: await runSession(session, inputs, names, tensors) }),
  };
}

/** A session whose outputs include every tensor that can be served. */
export async function openModel(
  bytes: Uint8Array,
  threads: number,
  external: ModelFiles["external"] = [],
  mapped?: ModelFiles["mapped"],
): Promise<OpenedModel> {
  // A file that cannot be read here is the runtime's to refuse: it says better why.
  const model = attempt(() => readModel(bytes));
  // What is not read here names files that are not known: none is mapped then.
  const strange =
    mapped && [...(model?.graph.external ?? [])].find((file) => !mapped.paths.includes(path.normalize(file)));
  if (strange !== undefined) throw new Error(`its external data ${strange} is none of its pinned files`);
  if (model === undefined) {
    const session = await createSession(bytes, threads, external);
    return { session, outputs: ownOutputs(session) };
  }
  requireServable(model);
  const outputs = servedOutputs(model);
  return {
    session: await createSession(exposeTensors(bytes, model, outputs), threads, external, mapped?.folder),
    outputs,
  };
}

function ownOutputs(session: InferenceSession): ServedOutput[] {
  return session.outputMetadata.map(({ name, isTensor }) => ({
    name,
    tensor: isTensor ? name : undefined,
    type: isTensor ? "" : "not a tensor",
  }));
}

/**
 * Says what the runtime would not: it refuses the whole model for an element type that it does not know.
 * @throws Error if an input cannot be given, or no output can ever be returned
 */
function requireServable({ graph }: OnnxModel): void {
  const input = graph.inputs.find(({ type }) => datatypeOfType(type) === undefined);
  if (input !== undefined) {
    throw new Error(
      `its input ${input.name} is ${typeText(input.type)}, not a tensor of a datatype that the protocol has`,
    );
  }
  const [output] = graph.outputs;
  if (output !== undefined && graph.outputs.every(({ type }) => isUnknownToRuntime(type)))
    throw new Error(`none of its outputs can be returned: ${output.name} is ${typeText(output.type)}`);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/**
 * @param model the content of `model.onnx`, or its path
 * @param folder from which the runtime maps external data
 */
async function createSession(
  model: Uint8Array | string,
  threads: number,
  external: ModelFiles["external"],
  folder?: string,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model as Uint8Array, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel,
      ...(external.length === 0 ? {} : { externalData: external }),
      // onnxruntime_session_options_config_keys.h: where a model that is given as bytes has its external data.
      ...(folder === undefined ? {} : { extra: { session: { model_external_initializers_file_folder_path: folder } } }),
    });
  } catch (cause) {
    throw withCure(cause);
  }
}

/**
 * Lambda has the locales C, POSIX and C.UTF-8 alone, and a text model that names none means en_US.UTF-8.
 * Source: https://onnx.ai/onnx/operators/onnx__StringNormalizer.html
 */
function withCure(cause: unknown): unknown {
  const locale = cause instanceof Error ? /construct locale with name:([\w.@-]*)/.exec(cause.message)?.[1] : undefined;
  if (locale === undefined) return cause;
  return new Error(
    `its StringNormalizer asks for the locale ${locale}, which Lambda does not have: ` +
      "set the node's attribute locale to C.UTF-8 and save the model again",
    { cause },
  );
}

/** What the model takes and gives. @throws Error for an input that no request can give */
export function signatureOf(session: InferenceSession, outputs: readonly ServedOutput[]): Signature {
  const known = new Map(session.outputMetadata.map((output) => [output.name, output]));
  return {
    inputs: session.inputMetadata.map((input): InputSpec => {
      const datatype = input.isTensor ? datatypeOf(input.type) : undefined;
      if (!input.isTensor || datatype === undefined) {
        throw new Error(`its input ${input.name} is not a tensor of a datatype that the protocol has`);
      }
      return { name: input.name, datatype, shape: input.shape.map(dimension) };
    }),
    // V2 has no 4-bit integers, so they get no datatype and are never requested: returning one aborts the process
    // (onnxruntime-node 1.30).
    outputs: outputs.map((served): OutputSpec => {
      const { name, tensor, labels, type } = served;
      const output = tensor === undefined ? undefined : known.get(tensor);
      if (output?.isTensor !== true) return { name, datatype: undefined, shape: [], type };
      const datatype = datatypeOf(output.type);
      return { name, datatype, shape: servedShape(served, output.shape.map(dimension)), labels, type };
    }),
  };
}

function dimension(size: number | string): number {
  return typeof size === "number" ? size : -1;
}
