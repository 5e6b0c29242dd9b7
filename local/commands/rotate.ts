// `npm run rotate`: tests the rotation of an API key against a running local stack, and prints each step.

import { projectRoot } from "../../graph/evaluate";
import { parseOptions, UsageError } from "../../graph/options";
import { stepNames, type RotationTestResponse, type RotationTestRequest, rotationTestService } from "../aws/rotation";
import { type RunFile, signedPost } from "../aws/run-file";
import { openHome } from "../base/home";
import { readRunFiles } from "../base/run-files";

const usage = `npm run rotate -- [options]

  --client NAME      whose key is rotated, where the API lists clients
  --kill-at STEP     kill the rotation function in the middle of a step: ${stepNames.join(", ")};
                     the next call takes the rotation up and finishes it
  --pid PID          of the run (npm start), where several are running
  -h, --help         print this`;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), {
    client: { type: "string" },
    "kill-at": { type: "string" },
    pid: { type: "string" },
  });
  if (options.help) return void process.stdout.write(`${usage}\n`);
  const killAt = stepNames.find((step) => step === options["kill-at"]);
  if (options["kill-at"] !== undefined && killAt === undefined) {
    throw new UsageError(`--kill-at takes one of ${stepNames.join(", ")}`);
  }
  const run = runOf(options.pid);
  const rotation: RotationTestRequest = {
    secretId: secretOf(run, options.client),
    ...(killAt === undefined ? {} : { killAt }),
  };
  const rotationRequest = {
    service: rotationTestService,
    region: run.region,
    path: "/",
    body: JSON.stringify(rotation),
  };
  const { status, text } = await signedPost(run, rotationRequest);
  if (status !== 200) throw new Error(`the run answered ${status}: ${text}`);
  const { steps, finished } = JSON.parse(text) as RotationTestResponse;
  for (const { step, outcome, ms, cause } of steps) {
    process.stdout.write(`${step.padEnd(13)} ${outcome} in ${ms} ms${cause === undefined ? "" : `: ${cause}`}\n`);
  }
  const failed = steps.some(({ outcome }) => outcome === "failed");
  process.stdout.write(
    finished
      ? "The new key is current; the previous one works until its overlap ends.\n"
      : "Not finished: run `npm run rotate` again to continue.\n",
  );
  if (failed) process.exitCode = 1;
}

/**
 * ARN of the named client's secret; without a name, that of the only secret.
 * @throws UsageError if there is no such secret
 */
function secretOf({ secrets }: RunFile, client: string | undefined): string {
  const names = Object.keys(secrets).sort();
  const wanted = client ?? (names.length === 1 ? names[0]! : "");
  const secretId = Object.hasOwn(secrets, wanted) ? secrets[wanted] : undefined;
  if (secretId !== undefined) return secretId;
  if (names.includes("")) throw new UsageError("--client: the API lists no clients; leave the option out");
  throw new UsageError(`choose the client whose key is rotated: --client ${names.join(", ")}`);
}

function runOf(pid: string | undefined): RunFile {
  const all = readRunFiles<RunFile>(openHome(projectRoot).runs, "rotate");
  const runs = all.filter((run) => pid === undefined || String(run.pid) === pid);
  const [run, ...others] = runs;
  if (run === undefined)
    throw new UsageError("no running npm start rotates keys; start one: npm start -- --set secrets=true");
  if (others.length > 0)
    throw new UsageError(`npm start runs more than once: choose with --pid ${runs.map((one) => one.pid).join(", ")}`);
  return run;
}

main().catch((error: Error) => {
  process.stderr.write(`npm run rotate: ${error.message}\n`);
  process.exitCode = 1;
});
