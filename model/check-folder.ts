// The whole check of a model in its folder: what its file says, whether it can be loaded, and whether that fits the function.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { modelTimeout } from "../contract";
import { type CheckedModel, checkModel } from "../onnx/check-model";
import type { Finding } from "../onnx/foreign-format";
import { type Loaded, loadCheck, type NotLoaded } from "./load-check";

export interface CheckedFolder extends CheckedModel {
  /** `undefined` if the file already says that it cannot be served: it is not loaded then. */
  readonly loaded: Loaded | undefined;
  /** Size of `model.onnx` and the files with its weights, in bytes. */
  readonly bytes: number;
}

/**
 * @param folder with `model.onnx`
 * @param memoryMb memory of the function
 * @param kept folder of the remembered results of loading
 * @throws Error if it holds no `model.onnx` that can be read
 */
export async function checkFolder(folder: string, memoryMb: number, kept: string): Promise<CheckedFolder> {
  const content = readFileSync(join(folder, "model.onnx"));
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const checked = checkModel(content, paths);
  const files = ["model.onnx", ...(checked.model?.graph.external ?? [])].filter((path) =>
    existsSync(join(folder, path)),
  );
  const bytes = files.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
  if (checked.faults.length > 0) return { ...checked, loaded: undefined, bytes };
  const loaded = await loadCheck(folder, files, memoryMb, kept);
  const faults = "error" in loaded ? [notLoaded(loaded)] : loadFaults(loaded, memoryMb);
  return { ...checked, faults, loaded: "error" in loaded ? undefined : loaded, bytes };
}

function notLoaded({ error }: NotLoaded): Finding {
  // Where in the runtime's source it happened helps nobody here.
  const what = `cannot be loaded: ${error.replace(/\/onnxruntime_src\/\S+ \S.*?\) (?=[A-Z])/, "")}`;
  if (/SIGKILL/.test(error))
    return { what, cure: "it takes more memory than this machine has free: docs/models.md#size" };
  if (/No Op registered|not a registered function|Could not find an implementation/.test(error)) {
    return {
      what,
      cure: "the deployed runtime has no such operator; export it with another opset: docs/models.md#opset",
    };
  }
  return { what, cure: "try it with onnxruntime in Python, and export it again: docs/models.md" };
}

/** Largest memory of a Lambda function, in MB. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const mostMemory = 10_240;

/**
 * What of the loading does not fit the function.
 * @param memoryMb memory of the function: Lambda ends a process that exceeds it
 */
export function loadFaults({ peakMb, ms }: Pick<Loaded, "peakMb" | "ms">, memoryMb: number): Finding[] {
  const found: Finding[] = [];
  if (peakMb > memoryMb) {
    // A tenth more than while it loads, for what a request needs.
    const enough = Math.ceil((peakMb * 1.1) / 64) * 64;
    found.push({
      what: `takes ${peakMb} MB while it is loaded; the function has ${memoryMb}`,
      cure:
        enough <= mostMemory
          ? `pulumi config set modelMemory ${enough}`
          : `Lambda gives ${mostMemory} at most: save it as float16 or int8, or with fewer trees (docs/models.md#size)`,
    });
  }
  if (ms > modelTimeout * 1000) {
    found.push({
      what: `takes ${Math.round(ms / 1000)} s to load here; a request waits ${modelTimeout} s at most`,
      cure: "save it as float16 or int8, or its weights as external data (docs/models.md#size)",
    });
  }
  return found;
}
