// `node run.mjs test/mutation/run.ts`: makes prod weaker in every way that mutants.ts knows, and counts how many of the mutants that
// matter are noticed by the policy pack or the access matrix alone. Fails if the share of all falls below 95 %, that of a resource type
// below floor.json, or if one that nobody notices has no reason in policy/unnoticed.yaml. `--write` writes floor.json anew, and `--list`
// prints each mutant with who noticed it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { explains, readUnnoticed } from "../../policy/unnoticed";
import { irrelevance } from "./irrelevance";
import { Judge } from "./judge";
import { type Mutant, mutantsOf } from "./mutants";

/** Percentage of the mutants that pack and matrix notice at least. */
const goal = 95;

/** By type: how many of its mutants are noticed, of how many that matter. */
type Counts = Record<string, readonly [noticed: number, relevant: number]>;

const floorFile = join(__dirname, "floor.json");

/** What prod leaves out is made in further evaluations, each with all modules on. */
const sets: readonly Readonly<Record<string, unknown>>[] = [
  {
    apiGatewayDomain: "mymodel.example.com",
    hostedZoneId: "Z0123456789EXAMPLE",
    authorizerNetwork: "nat",
    blockedNetworks: ["203.0.113.0/24"],
    gcpKeyUsers: ["serviceAccount:app@my-project.iam.gserviceaccount.com"],
    trainingSchedule: "rate(7 days)",
  },
  {
    modelsFolder: "examples/models",
    defaultModel: "text",
    endpoints: [{ model: "image", instanceType: "ml.m5.large", minInstances: 2, maxInstances: 4 }],
    endpointImageDigest: `sha256:${"0".repeat(64)}`,
  },
  { apiGatewayAuth: "cognito", secrets: false },
  { apiGatewayAuth: "lambda" },
];

async function main(): Promise<void> {
  const counts: Counts = {};
  const unnoticed: Mutant[] = [];
  const seen = new Set<string>();
  for (const set of sets) {
    const graph = await evaluate({ stack: "prod", set });
    const judge = new Judge(graph);
    for (const mutant of mutantsOf(graph, fresh(graph, seen))) {
      if (irrelevance(mutant) !== undefined) continue;
      const by = judge.noticed(mutant);
      if (process.argv.includes("--list"))
        say([mutant.type, mutant.name, mutant.path, mutant.kind, by ?? "-"].join("\t"));
      if (by === undefined) unnoticed.push(mutant);
      const [noticed, relevant] = counts[mutant.type] ?? [0, 0];
      counts[mutant.type] = [noticed + (by === undefined ? 0 : 1), relevant + 1];
    }
  }
  report(counts);
  if (process.argv.includes("--write")) writeFileSync(floorFile, floorText(counts));
  const faults = [...unexplained(unnoticed), ...belowFloor(counts)];
  for (const fault of faults) say(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

/** The resources that no evaluation before had; and the document that changes with who may call. */
function fresh(graph: Graph, seen: Set<string>): Graph["resources"] {
  const found = graph.resources.filter(({ urn, name }) => !seen.has(urn) || name === "apiGateway-api");
  for (const { urn } of found) seen.add(urn);
  return found;
}

function report(counts: Counts): void {
  for (const [type, [noticed, relevant]] of Object.entries(counts).sort())
    say(`${String(noticed).padStart(5)} of ${String(relevant).padStart(5)}  ${type}`);
  const [noticed, relevant] = total(counts);
  say(`${noticed} of ${relevant} mutants noticed by pack and matrix: ${percent(noticed, relevant).toFixed(1)} %`);
}

/** What nobody notices, and no entry of policy/unnoticed.yaml explains; and the entries that explain nothing. */
function unexplained(unnoticed: readonly Mutant[]): string[] {
  const entries = readUnnoticed();
  const silent = unnoticed.filter((mutant) => !entries.some((entry) => explains(entry, mutant)));
  const idle = entries.filter((entry) => !unnoticed.some((mutant) => explains(entry, mutant)));
  return [
    ...silent.map(({ type, name, path, kind }) => `nobody notices: ${type} ${name} ${path} ${kind}`),
    ...idle.map(({ type, property }) => `policy/unnoticed.yaml explains what is noticed: ${type} ${property}`),
  ];
}

function belowFloor(counts: Counts): string[] {
  const floor = JSON.parse(readFileSync(floorFile, "utf8")) as Counts;
  const fell = Object.entries(counts).filter(([type, [noticed, relevant]]) => {
    const [before, of] = floor[type] ?? [0, 1];
    return percent(noticed, relevant) < percent(before, of);
  });
  const [noticed, relevant] = total(counts);
  return [
    ...fell.map(([type]) => `${type}: the share fell below that of test/mutation/floor.json`),
    ...(percent(noticed, relevant) < goal ? [`the share of all is below ${goal} %`] : []),
  ];
}

/** One line for each type, as Prettier has it. */
function floorText(counts: Counts): string {
  const lines = Object.entries(counts)
    .sort()
    .map(([type, [noticed, relevant]]) => `  ${JSON.stringify(type)}: [${noticed}, ${relevant}]`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

function total(counts: Counts): [noticed: number, relevant: number] {
  const all = Object.values(counts);
  return [all.reduce((sum, [noticed]) => sum + noticed, 0), all.reduce((sum, [, relevant]) => sum + relevant, 0)];
}

function percent(noticed: number, relevant: number): number {
  return (100 * noticed) / relevant;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
