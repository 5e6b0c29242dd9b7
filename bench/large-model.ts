// The load of a model whose weights of 90 MB are external data, to bare onnxruntime with the model's path: wall time and peak memory of
// processes that load it as a function does from a layer, and, where files may change, as the local run does.

import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { type PinnedModel } from "../lambda/core/publish/pinned-model";
import { readModelFiles } from "../lambda/edge/model-files";
import { loadModel } from "../lambda/edge/onnx";
import { field, number, text } from "../test/fixtures/onnx-file";
import type { Row } from "./measure";
import { compiled } from "./served";

/** Wall time in milliseconds; peak memory of the process in MB. */
interface Cost {
  readonly wall: number;
  readonly memory: number;
}

const runs = 5;
/** Rows and columns of each of the matrices that the model multiplies by. */
const [size, matrices] = [1024, 22] as const;

const ways = {
  bare: (folder: string) =>
    InferenceSession.create(join(folder, "large/model.onnx"), { intraOpNumThreads: 1, interOpNumThreads: 1 }),
  layer: async (folder: string, pinned: PinnedModel) =>
    loadModel(pinned, await readModelFiles(folder, pinned, () => true), 1),
  changing: async (folder: string, pinned: PinnedModel) =>
    loadModel(pinned, await readModelFiles(folder, pinned, () => false), 1),
};
type Way = keyof typeof ways;

export async function bench(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    makeModel(join(folder, "large"));
    const { digest, files } = pinnedModel(folder);
    writeFileSync(join(folder, "pins.json"), JSON.stringify({ digest, files: [...files] }));
    const costs: Record<Way, Cost>[] = [];
    for (let run = 0; run <= runs; run++) {
      const [bare, layer, changing] = [
        await cost("bare", folder),
        await cost("layer", folder),
        await cost("changing", folder),
      ];
      if (run > 0) costs.push({ bare, layer, changing }); // The first run warms the disk cache.
    }
    return (["layer", "changing"] as const).flatMap((way) =>
      (["wall", "memory"] as const).map((unit) => {
        const where = way === "layer" ? "from a layer" : "from files that may change";
        return {
          id: `large-model-${way}-${unit}`,
          what: `the load of a model with 90 MB of external data ${where}, to that by onnxruntime from its path`,
          unit: `× ${unit}`,
          samples: costs.map((each) => each[way][unit] / each.bare[unit]),
        };
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws Error if the model is not loaded */
function cost(way: Way, folder: string): Promise<Cost> {
  const child = fork(__filename, [way, folder], { execArgv: compiled });
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as Cost));
    child.once("exit", (code) => reject(new Error(`the load of the large model ended with ${code}`)));
  });
}

/** A chain of multiplications, whose matrices lie in one file. */
function makeModel(folder: string): void {
  mkdirSync(folder);
  const bytes = size * size * 4;
  const value = (tag: number, name: string) =>
    field(
      tag,
      text(1, name),
      field(2, field(1, number(1, 1), field(2, field(1, number(1, 1)), field(1, number(1, size))))),
    );
  const graph = [text(2, "large"), value(11, "x"), value(12, `y${matrices - 1}`)];
  for (let at = 0; at < matrices; at++) {
    graph.push(
      field(1, text(1, at === 0 ? "x" : `y${at - 1}`), text(1, `w${at}`), text(2, `y${at}`), text(4, "MatMul")),
    );
    const entries = { location: "weights.bin", offset: String(at * bytes), length: String(bytes) };
    const external = Object.entries(entries).map(([key, content]) => field(13, text(1, key), text(2, content)));
    graph.push(field(5, number(1, size), number(1, size), number(2, 1), text(8, `w${at}`), ...external, number(14, 1)));
  }
  const file = Buffer.concat([number(1, 9), field(7, ...graph), field(8, text(1, ""), number(2, 17))]);
  writeFileSync(join(folder, "model.onnx"), file);
  writeFileSync(join(folder, "weights.bin"), Buffer.alloc(matrices * bytes, "0.5 of a"));
}

function pinnedModel(folder: string): PinnedModel {
  const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");
  const files = new Map(
    ["model.onnx", "weights.bin"].map((file) => [file, sha256(readFileSync(join(folder, "large", file)))]),
  );
  return { name: "large", digest: sha256([...files].map(([file, digest]) => `${digest}  ${file}\n`).join("")), files };
}

async function load(way: Way, folder: string): Promise<void> {
  const pinned = JSON.parse(readFileSync(join(folder, "pins.json"), "utf8")) as {
    digest: string;
    files: [string, string][];
  };
  const started = performance.now();
  await ways[way](folder, { name: "large", digest: pinned.digest, files: new Map(pinned.files) });
  const wall = performance.now() - started;
  process.send!({ wall, memory: process.resourceUsage().maxRSS / 1024 } satisfies Cost);
}

const [way, given] = process.argv.slice(2);
if (process.send !== undefined && way !== undefined && way in ways) void load(way as Way, given!);
