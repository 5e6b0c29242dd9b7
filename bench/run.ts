// `npm run bench`: costs as ratios of measurements in one run, which vary less between machines than absolute times.

import { fork } from "node:child_process";
import { cpus } from "node:os";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseOptions } from "../graph/options";
import { budgets } from "./budgets";
import { type Row, spread } from "./measure";
import { compiled } from "./served";

const usage = `npm run bench -- [options]

  --part NAME        measure this part alone, of: PARTS
  --write            put the rows into docs/bench.json, from which npm run docs makes README's table
  -h, --help         print this

Prints what was compared with what: the median of all turns, the quartiles, and the budget, which fails nothing.
Less is better in every row. A part runs in a process of its own, so that one can be profiled:
node --require ./compile.cjs --cpu-prof bench/run.ts --measure NAME > /dev/null`;

/** The parts, in the order in which they are measured, by the file that measures them. */
export const parts: Readonly<Record<string, string>> = {
  handler: "the model function",
  "function-over-http": "the model function over HTTP, sixteen connections that are kept alive",
  rows: "rows and columns",
  endpoint: "a model that an endpoint computes",
  authorizer: "the authorizer",
  gateway: "the local gateway over HTTPS, sixteen connections that are kept alive",
  console: "the console of the local run",
  "large-model": "the load of a large model",
  processes: "processes from their start",
  archives: "archives",
  preview: "a preview by the real Pulumi engine",
};

/** What docs/bench.json holds. */
export interface Measured {
  /** Where. */
  readonly on: string;
  readonly rows: readonly (Omit<Row, "samples"> & {
    readonly median: number;
    readonly low: number;
    readonly high: number;
  })[];
}

async function main(): Promise<void> {
  const [first, name] = process.argv.slice(2);
  if (first === "--measure") return measure(name!);
  const { help, part, write } = parseOptions(process.argv.slice(2), {
    part: { type: "string" },
    write: { type: "boolean" },
  });
  if (help) return void process.stdout.write(`${usage.replace("PARTS", Object.keys(parts).join(", "))}\n`);
  if (part !== undefined && !(part in parts))
    throw new Error(`--part ${part}: there is none; the parts are ${Object.keys(parts).join(", ")}`);
  for (const [each, title] of Object.entries(parts)) {
    if (part !== undefined && part !== each) continue;
    process.stdout.write(`\n${title}\n`);
    const rows = (await rowsOf(each)).map(({ samples, ...row }) => ({ ...row, ...spread(samples) }));
    for (const row of rows) process.stdout.write(`${line(row)}\n`);
    // Part by part, so that one that fails loses only its own.
    if (write === true) keep(rows);
  }
}

/** Puts rows into docs/bench.json, in the place of those with their ids. */
function keep(rows: Measured["rows"]): void {
  const file = join(__dirname, "../docs/bench.json");
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Measured).rows : [];
  const merged = new Map([...before, ...rows].map((row) => [row.id, row]));
  const measured: Measured = {
    on: `${cpus().length} cores, Node ${process.versions.node}`,
    rows: [...merged.values()],
  };
  writeFileSync(file, `${JSON.stringify(measured, undefined, 2)}\n`);
}

function line({ id, what, unit, median, low, high }: Measured["rows"][number]): string {
  const budget = budgets[id];
  const verdict = budget === undefined ? "" : `${median <= budget ? "within" : "OVER"} ${budget}`;
  const between = low === high ? "" : `${shown(low)}–${shown(high)}`;
  return `  ${shown(median).padStart(7)} ${unit.padEnd(9)} ${between.padEnd(13)} ${verdict.padEnd(11)} ${what}`;
}

export function shown(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0);
}

/** Milliseconds after which a part is given up: a server that hangs must not hang the bench. */
const patience = 20 * 60_000;

/** Measures a part in a process of its own, whose stdout, where the function's log goes, leads to nowhere. */
async function rowsOf(part: string): Promise<readonly Row[]> {
  const child = fork(__filename, ["--measure", part], {
    execArgv: compiled,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    timeout: patience,
  });
  const rows = await new Promise<readonly Row[]>((resolve, reject) => {
    child.once("message", (message) => resolve(message as readonly Row[]));
    // All messages have come before it.
    child.once("disconnect", () => reject(new Error(`${part} was not measured`)));
  });
  return rows.filter(({ samples }) => samples.length > 0);
}

async function measure(part: string): Promise<void> {
  const { bench } = require(`./${part}`) as { bench: () => Promise<readonly Row[]> };
  const rows = await bench();
  if (process.send !== undefined) process.send(rows, () => process.exit(0));
}

if (process.argv[1] === __filename)
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
