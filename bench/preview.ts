// Cost of a preview with the real engine: this program, and the same in Pulumi's default setup, which imports whole
// packages and type-checks with ts-node each time. Both run alternately, with the same simulated providers.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../graph/evaluate";
import { Engine, type Stack } from "../test/engine/engine";
import { engineFolder } from "../test/engine/installation";
import type { Row } from "./measure";

/** One preview: wall time in seconds; CPU time in seconds and peak memory in MB of the program's own process. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
}

const runs = 3;

/** No rows if Pulumi's engine is not installed. */
export async function bench(): Promise<Row[]> {
  try {
    engineFolder();
  } catch (error) {
    process.stderr.write(`  not measured: ${(error as Error).message}\n`);
    return [];
  }
  const reports = mkdtempSync(join(tmpdir(), "start-"));
  const [ours, theirs] = [await Engine.start(projectRoot), await Engine.start(projectRoot)];
  try {
    makeDefault(theirs.workspace);
    const [mine, other] = [await ours.stack("dev"), await theirs.stack("dev")];
    const costs: [Cost, Cost][] = [];
    for (let run = 0; run <= runs; run++) costs.push([await cost(mine, reports), await cost(other, reports)]);
    const counted = costs.slice(1); // The first run warms the disk cache.
    const what = "a preview by the real engine, to the same program run in Pulumi's default way (ts-node)";
    return (["wall", "cpu", "memory"] as const).map((unit) => ({
      ...{ id: `preview-${unit}`, what, unit: `× ${unit === "cpu" ? "CPU" : unit}` },
      samples: counted.map(([one, another]) => one[unit] / another[unit]),
    }));
  } finally {
    ours.stop();
    theirs.stop();
    rmSync(reports, { recursive: true });
  }
}

/** Sets the program up as `pulumi new` does: TypeScript, compiled and type-checked by Pulumi's language host. */
function makeDefault(workspace: string): void {
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(workspace, file);
    const [before, after] = [readFileSync(path, "utf8"), change(readFileSync(path, "utf8"))];
    if (before === after) throw new Error(`${file}: nothing to change for the default way`);
    writeFileSync(path, after);
  };
  edit("package.json", (text) => text.replace(/"main": "main.js",/, ""));
  edit("Pulumi.yaml", (text) => text.replace(/typescript: false/, "typescript: true"));
  edit("tsconfig.json", (text) => text.replace('"preserve"', '"commonjs"').replace('"bundler"', '"node10"'));
  const packages = ["auth0", "aws", "gcp"];
  const imports = packages.map((name) => `import * as ${name} from "@pulumi/${name}";`).join("\n");
  const used = "export const roots = [auth0.Client, aws.s3.Bucket, gcp.kms.KeyRing];";
  writeFileSync(join(workspace, "roots.ts"), `${imports}\n${used}\n`);
  edit("index.ts", (text) => `import { roots } from "./roots";\nvoid roots;\n${text}`);
}

/** @throws Error if the preview fails */
async function cost(stack: Stack, reports: string): Promise<Cost> {
  const preload = join(reports, "report.cjs");
  writeFileSync(
    preload,
    `if (/cmd.run/.test(process.argv[1] ?? "")) process.on("exit", () => {
       const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
       require("fs").writeFileSync(${JSON.stringify(reports)} + "/" + process.pid + ".json", JSON.stringify([userCPUTime + systemCPUTime, maxRSS]));
     });`,
  );
  // As in CI or after a change: with its cache, ts-node would not type-check files that it has compiled before.
  const run = await stack.preview({ environment: { TS_NODE_CACHE: "false", NODE_OPTIONS: `--require=${preload}` } });
  if (run.code !== 0) throw new Error(`the preview failed: ${run.complaint}`);
  const files = readdirSync(reports).filter((file) => file.endsWith(".json"));
  const measured = files.map((file) => JSON.parse(readFileSync(join(reports, file), "utf8")) as [number, number]);
  for (const file of files) rmSync(join(reports, file));
  if (measured.length === 0) throw new Error("no process of the program was measured");
  const [micros, kilobytes] = measured.sort(([, one], [, other]) => other - one)[0]!;
  return { wall: run.seconds, cpu: micros / 1e6, memory: kilobytes / 1024 };
}
