// What a preview costs under the real engine: this program, and the same program run in Pulumi's default way, with packages
// imported as wholes and types checked by ts-node each time. Both side by side, in turn, with the same simulated providers.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../graph/evaluate";
import { Engine, type Stack } from "../test/engine/engine";
import { engineFolder } from "../test/engine/installation";
import type { Row } from "./handler";

/** Of one preview: seconds of wall time, and the program's own CPU seconds and largest memory in MB. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
}

const runs = 3;

/** No rows where no engine is installed. */
export async function bench(): Promise<Row[]> {
  try {
    engineFolder();
  } catch (error) {
    process.stdout.write(`  not measured: ${(error as Error).message}\n`);
    return [];
  }
  const reports = mkdtempSync(join(tmpdir(), "start-"));
  const [ours, theirs] = [await Engine.start(projectRoot), await Engine.start(projectRoot)];
  try {
    makeDefault(theirs.workspace);
    const [mine, other] = [await ours.stack("dev"), await theirs.stack("dev")];
    const costs: [Cost, Cost][] = [];
    for (let run = 0; run <= runs; run++) costs.push([await cost(mine, reports), await cost(other, reports)]);
    const counted = costs.slice(1); // The first one warms the disk.
    const [one, another] = [median(counted.map(([first]) => first)), median(counted.map(([, second]) => second))];
    return [
      { name: "wall time of the whole preview", ratio: one.wall / another.wall, unit: "× default" },
      { name: "CPU of the program", ratio: one.cpu / another.cpu, unit: "× default" },
      { name: "peak memory of the program", ratio: one.memory / another.memory, unit: "× default" },
      { name: "wall time of the whole preview", ratio: one.wall, unit: "s" },
      { name: "peak memory of the program", ratio: one.memory, unit: "MB" },
    ];
  } finally {
    ours.stop();
    theirs.stop();
    rmSync(reports, { recursive: true });
  }
}

/** As `pulumi new` sets a program up: TypeScript, compiled and checked by Pulumi's runner. */
function makeDefault(workspace: string): void {
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(workspace, file);
    const [before, after] = [readFileSync(path, "utf8"), change(readFileSync(path, "utf8"))];
    if (before === after) throw new Error(`${file}: nothing to change for the default way`);
    writeFileSync(path, after);
  };
  edit("package.json", (text) => text.replace(/"main": "main.js",/, ""));
  edit("Pulumi.yaml", (text) => text.replace(/typescript: false/, "typescript: true"));
  const packages = ["auth0", "aws", "gcp"];
  const imports = packages.map((name) => `import * as ${name} from "@pulumi/${name}";`).join("\n");
  const used = "export const roots = [auth0.Client, aws.s3.Bucket, gcp.kms.KeyRing];";
  writeFileSync(join(workspace, "roots.ts"), `${imports}\n${used}\n`);
  edit("index.ts", (text) => `import { roots } from "./roots";\nvoid roots;\n${text}`);
}

/** @throws Error where the preview fails: what fails cannot be compared */
async function cost(stack: Stack, reports: string): Promise<Cost> {
  const preload = join(reports, "report.cjs");
  writeFileSync(
    preload,
    `if (/cmd.run/.test(process.argv[1] ?? "")) process.on("exit", () => {
       const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
       require("fs").writeFileSync(${JSON.stringify(reports)} + "/" + process.pid + ".json", JSON.stringify([userCPUTime + systemCPUTime, maxRSS]));
     });`,
  );
  // As in CI, or after a change: ts-node keeps what it compiled before, and checks that no more.
  const run = await stack.preview({ environment: { TS_NODE_CACHE: "false", NODE_OPTIONS: `--require=${preload}` } });
  if (run.code !== 0) throw new Error(`the preview failed: ${run.complaint}`);
  const files = readdirSync(reports).filter((file) => file.endsWith(".json"));
  const measured = files.map((file) => JSON.parse(readFileSync(join(reports, file), "utf8")) as [number, number]);
  for (const file of files) rmSync(join(reports, file));
  if (measured.length === 0) throw new Error("no process of the program was measured");
  const [micros, kilobytes] = measured.sort(([, one], [, other]) => other - one)[0]!;
  return { wall: run.seconds, cpu: micros / 1e6, memory: kilobytes / 1024 };
}

function median(costs: readonly Cost[]): Cost {
  return [...costs].sort((one, other) => one.wall - other.wall)[Math.floor(costs.length / 2)]!;
}
