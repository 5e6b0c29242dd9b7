// Loads one model, as the function does, in a process of its own, whose peak memory is then the model's, and whose end by the
// runtime or the system ends nothing else: `load-process.ts <folder> <threads>`. Prints a `Loaded` or a `NotLoaded` as JSON.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { type OnnxModel, readModel } from "../onnx/model";
import { exposeTensors, type ServedOutput, servedOutputs, servedShape } from "../onnx/served-outputs";
import { datatypeOfType } from "../onnx/signature";
import type { Loaded, LoadedTensor, NotLoaded } from "./load-check";

async function load(folder: string, threads: number): Promise<Loaded> {
  const started = performance.now();
  const bytes = readFileSync(join(folder, "model.onnx"));
  const model = attempt(() => readModel(bytes));
  const external = [...(model?.graph.external ?? [])].map((path) => ({ path, data: readFileSync(join(folder, path)) }));
  const outputs = model === undefined ? [] : servedOutputs(model);
  const session = await InferenceSession.create(model === undefined ? bytes : exposeTensors(bytes, model, outputs), {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    ...(external.length === 0 ? {} : { externalData: external }),
  });
  const ms = Math.round(performance.now() - started);
  const known = new Map(session.outputMetadata.map((value) => [value.name, value]));
  const plain = session.outputMetadata.map(({ name }) => ({ name, tensor: name, type: "" }));
  const served: readonly ServedOutput[] = model === undefined ? plain : outputs;
  return {
    ms,
    peakMb: Math.ceil(peakKb() / 1024),
    inputs: session.inputMetadata.map((value) => loadedTensor(value.name, value)),
    outputs: served.flatMap((output): readonly LoadedTensor[] => {
      const { name, datatype, shape } = loadedTensor(output.name, known.get(output.tensor ?? ""));
      const { labels } = output;
      return datatype === "" ? [] : [{ name, datatype, shape: servedShape(output, shape), labels }];
    }),
  };
}

function loadedTensor(name: string, value: InferenceSession.ValueMetadata | undefined): LoadedTensor {
  if (value?.isTensor !== true) return { name, datatype: "", shape: [] };
  const datatype = datatypeOfType({ kind: "tensor", element: value.type, shape: undefined }) ?? "";
  return { name, datatype, shape: value.shape.map((size) => (typeof size === "number" ? size : -1)) };
}

function attempt(read: () => OnnxModel): OnnxModel | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/**
 * Peak resident set size. Linux's own count starts anew with a program; what `getrusage` says starts at the parent's.
 * Source: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html (VmHWM)
 */
function peakKb(): number {
  const status = process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "";
  const own = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return own === undefined ? process.resourceUsage().maxRSS : Number(own);
}

const [folder, threads] = process.argv.slice(2);
load(folder!, Number(threads)).then(
  (loaded) => process.stdout.write(JSON.stringify(loaded)),
  (error: Error) => {
    const result: NotLoaded = { error: error.message.split("\n", 1)[0]!.slice(0, 500) };
    process.stdout.write(JSON.stringify(result));
  },
);
