// `npm run live`: shows which model is live, promotes a canary or rolls back. By default it runs the publisher locally;
// with `--function` it calls the one in AWS, signed with the credentials of the environment (`aws configure
// export-credentials --format env`).

import { join } from "node:path";
import type { LivePointer } from "../../contract";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { parseOptions, stackOptionTypes, UsageError } from "../../graph/options";
import { openAuthority } from "../certificates/authority";
import { openHome } from "../base/home";
import { awsCall } from "../training/aws-call";
import { openTrainingCloud } from "../training/aws/cloud";
import { startPublisher } from "../training/publishing/publishing";

const usage = `npm run live -- [options]

  --rollback         back to the previous model, for all requests
  --promote          send all requests to the canary
  --stack NAME       stack of the local run: dev (default), prod
  --function NAME    the publisher in AWS instead: $(pulumi stack output sagemakerPublisher)
  --region NAME      its region
  -h, --help         print this`;

interface Shown {
  readonly outcome: string;
  readonly model: string;
  readonly pointer: LivePointer | null;
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), {
    stack: stackOptionTypes.stack,
    rollback: { type: "boolean", default: false },
    promote: { type: "boolean", default: false },
    function: { type: "string" },
    region: { type: "string" },
  });
  if (options.help) return void process.stdout.write(`${usage}\n`);
  if (options.rollback && options.promote) throw new UsageError("use either --rollback or --promote, not both");
  const command = options.rollback ? "rollback" : options.promote ? "promote" : "show";
  const shown =
    options.function === undefined
      ? await runHere(options.stack, command)
      : await runOnAws(options.function, options.region, command);
  process.stdout.write(`${textOf(shown)}\n`);
}

async function runHere(stack: string, command: string): Promise<Shown> {
  const home = openHome(projectRoot);
  const graph = await evaluate({ stack, set: { sagemaker: true }, seed: home.seed });
  const authority = await openAuthority(home.authority);
  const folder = join(home.cloud, stack);
  const cloud = (await openTrainingCloud({ graph, authority, seed: home.seed, clock: Date.now, folder }))!;
  const folders = { workDirectory: home.work, projectRoot, log: () => undefined };
  const functions = await startPublisher({ graph, cloud, authority, ...folders });
  try {
    const response = await functions.invoke(cloud.publisherArn, { command }, { timeoutMs: 60_000 });
    if (response.kind === "result") return response.payload as Shown;
    throw new Error(response.kind === "error" ? response.errorMessage : `the publisher ended with ${response.kind}`);
  } finally {
    await functions.close();
    await cloud.close();
  }
}

/** Lambda's Invoke: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function runOnAws(name: string, region: string | undefined, command: string): Promise<Shown> {
  const at = region ?? process.env["AWS_REGION"];
  if (at === undefined) throw new UsageError("--region is missing");
  const response = await awsCall({
    service: "lambda",
    region: at,
    method: "POST",
    path: `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
    query: { Qualifier: "live" },
    body: Buffer.from(JSON.stringify({ command })),
  });
  const text = await response.text();
  if (response.status !== 200 || response.headers.has("x-amz-function-error")) {
    throw new Error(
      `the call of the publisher failed (status ${response.status}); for a failure in the function see its log`,
    );
  }
  return JSON.parse(text) as Shown;
}

function textOf({ outcome, model, pointer }: Shown): string {
  if (pointer === null) return `${model}: nothing was published; the model shipped with the code is live`;
  const name = (digest: string | null) => digest ?? "the model shipped with the code";
  const { digest, previous, canaryPercent } = pointer;
  const lines = [`${model}${outcome === "shown" ? "" : `: ${outcome}`}`, `  live      ${name(digest)}`];
  if (canaryPercent < 100) lines.push(`            a canary: ${canaryPercent} % of the requests`);
  lines.push(`  before    ${name(previous)}`);
  return lines.join("\n");
}

main().catch((error: Error) => {
  process.stderr.write(`npm run live: ${error.message}\n`);
  process.exitCode = 1;
});
