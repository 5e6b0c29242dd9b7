// `npm run pipeline`: runs the program's training pipeline on this machine, step by step.

import { statSync } from "node:fs";
import { resolve } from "node:path";
import { projectRoot } from "../../graph/evaluate";
import { parseOptions, readSet, stackOptionTypes, UsageError } from "../../graph/options";
import { openHome } from "../base/home";
import { splitSet } from "../training/definition/definition";
import { type PipelineOutcome, runPipeline } from "../training/run-pipeline";

const usage = `npm run pipeline -- [options]

  --stack NAME         stack whose pipeline is run: dev (default), prod
  --set key=value      parameter of the pipeline (threshold, approval, or its own name) or setting of the program; repeatable
  --data DIR           folder of .csv files in place of the shipped data
  --no-approve         leave a model that waits for approval in the registry
  -h, --help           print this`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), {
    ...stackOptionTypes,
    data: { type: "string" },
    "no-approve": { type: "boolean", default: false },
  });
  if (options.help) return say(usage);
  const { parameters, settings } = splitSet(readSet(options.set));
  if (options.data !== undefined && statSync(options.data, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`--data ${options.data}: is not a folder`);
  const started = new Map<string, number>();
  const outcome = await runPipeline({
    home: openHome(projectRoot),
    stack: options.stack,
    settings,
    parameters,
    ...(options.data === undefined ? {} : { data: resolve(options.data) }),
    approve: !options["no-approve"],
    watch: {
      note: (line) => say(`    ${line}`),
      started: (step) => {
        started.set(step, performance.now());
        say(`▸ ${step}`);
      },
      said: (_, line) => say(`    ${line}`),
      ended: (step, how) => {
        const seconds = ((performance.now() - (started.get(step) ?? 0)) / 1_000).toFixed(1);
        say("failed" in how ? `✗ ${step} failed: ${how.failed}` : `✓ ${step} ${seconds} s ${how.done}`.trimEnd());
      },
    },
  });
  report(outcome, options.stack);
}

function report(outcome: PipelineOutcome, stack: string): void {
  switch (outcome.outcome) {
    case "failed":
      say(`\nThe pipeline failed at ${outcome.step}: ${outcome.reason}\nNothing was registered or published.`);
      process.exitCode = 1;
      return;
    case "registered":
      return say(`\nRegistered, and waiting for approval: ${outcome.packageArn}`);
    case "not published":
      say(`\nRegistered (${outcome.packageArn}), but not published: ${outcome.reason}`);
      process.exitCode = 1;
      return;
    case "published": {
      const { digest, canaryPercent } = outcome.pointer;
      const share = canaryPercent === 100 ? "all requests" : `${canaryPercent} % of the requests`;
      say(`\nPublished ${outcome.packageArn}\n  digest ${digest}, for ${share}`);
      say(
        `A running npm start of the stack ${stack} serves it from its next request on; npm run live shows what is live.`,
      );
    }
  }
}

main().catch((error: Error) => {
  process.stderr.write(`npm run pipeline: ${error.message}\n`);
  process.exitCode = 1;
});
