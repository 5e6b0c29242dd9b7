// Loads one model, as the function does, in a process of its own, whose peak memory is then the model's, and whose end by the
// runtime or the system ends nothing else: `load-process.ts <folder> <threads> <files with weights…>`. Prints a `Loaded` or a
// `NotLoaded` as JSON.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openModel, signatureOf } from "../lambda/edge/onnx";
import type { Loaded, LoadedTensor, NotLoaded } from "./load-check";

async function load(folder: string, threads: number, weights: readonly string[]): Promise<Loaded> {
  const started = performance.now();
  const read = (path: string): Buffer => readFileSync(join(folder, path));
  const external = weights.map((path) => ({ path, data: read(path) }));
  const { session, outputs } = await openModel(read("model.onnx"), threads, external);
  const ms = Math.round(performance.now() - started);
  const signature = signatureOf(session, outputs);
  return {
    ms,
    peakMb: Math.ceil(peakKb() / 1024),
    inputs: signature.inputs,
    outputs: signature.outputs.flatMap(({ name, datatype, shape, labels }): readonly LoadedTensor[] =>
      datatype === undefined ? [] : [{ name, datatype, shape, labels }],
    ),
  };
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

const [folder, threads, ...weights] = process.argv.slice(2);
load(folder!, Number(threads), weights).then(
  (loaded) => process.stdout.write(JSON.stringify(loaded)),
  (error: Error) => {
    const result: NotLoaded = { error: error.message.split("\n", 1)[0]!.slice(0, 500) };
    process.stdout.write(JSON.stringify(result));
  },
);
