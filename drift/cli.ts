// `npm run drift -- --stack NAME`: whether what stands is what was last deployed, and still meets the policy. Reads the state
// and the clouds, and changes neither. Exit status 1: it is not, or does not. 2: wrong usage, or it cannot be told.
//
// What is expected to move is known: outputs (a certificate's end, a counter) are no drift, and neither are properties that the
// program leaves to others (`ignoreChanges`, beside its reason).

import { spawn } from "node:child_process";
import { projectRoot } from "../graph/evaluate";
import { parseOptions } from "../graph/options";
import { readProject, requireStack } from "../graph/project";
import { driftReport, isDrift } from "./drift-report";
import { driftIn, findingsIn } from "./engine-events";
import { copyState } from "./state-copy";

const usage = `npm run drift -- [options]

  --stack NAME       deployed stack to look at: dev (default), prod
  -h, --help         print this

Exit status: 1 if what stands is not what was deployed, or violates the policy; 2 for wrong usage or an unexpected error.`;

async function main(): Promise<void> {
  const { stack, help } = parseOptions(process.argv.slice(2), { stack: { type: "string", default: "dev" } });
  if (help) return void process.stdout.write(`${usage}\n`);
  requireStack(projectRoot, stack);
  const exported = await pulumi(["stack", "export", "--stack", stack]);
  const copy = copyState(readProject(projectRoot).name, stack, exported);
  try {
    const own = ["--stack", stack, "--non-interactive", "--json"];
    const refreshed = await pulumi(["refresh", "--yes", "--skip-preview", ...own], copy.backend);
    const drift = driftIn(refreshed);
    // It also fails because of what it finds.
    const analysis = await ended(["policy", "analyze", "--policy-pack", "policy", ...own], copy.backend);
    const findings = analysis.code === 0 ? [] : findingsIn(analysis.printed);
    if (analysis.code !== 0 && !findings.some(({ mandatory }) => mandatory)) throw failure(analysis);
    const found = { stack, drift, findings };
    process.stdout.write(`${driftReport(found)}\n`);
    process.exitCode = isDrift(found) ? 1 : 0;
  } finally {
    copy.remove();
  }
}

interface Ended {
  readonly args: readonly string[];
  readonly code: number | null;
  /** Its stdout. */
  readonly printed: string;
  readonly complaint: string;
}

/** @returns stdout of the Pulumi CLI. @throws Error with what it complained about, if it fails */
async function pulumi(args: readonly string[], backend?: string): Promise<string> {
  const run = await ended(args, backend);
  if (run.code === 0) return run.printed;
  throw failure(run);
}

function failure({ args, code, complaint }: Ended): Error {
  return new Error(`pulumi ${args.slice(0, 2).join(" ")} ended with ${code}: ${complaint.trim().split("\n").at(-1)}`);
}

/**
 * Runs the Pulumi CLI in the project until it ends.
 * @param backend in place of the stack's own
 */
function ended(args: readonly string[], backend?: string): Promise<Ended> {
  const env = { ...process.env, ...(backend !== undefined && { PULUMI_BACKEND_URL: backend }) };
  const child = spawn("pulumi", args, { cwd: projectRoot, env, stdio: ["ignore", "pipe", "pipe"] });
  let [printed, complaint] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString("utf8")));
  return new Promise((resolve, reject) => {
    child.on("error", ({ code }: NodeJS.ErrnoException) =>
      reject(new Error(code === "ENOENT" ? "the Pulumi CLI is not installed" : `pulumi: ${code}`)),
    );
    child.on("close", (code) => resolve({ args, code, printed, complaint }));
  });
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
