// `npm run live`: which model is live, and back to the one before. Without a function it asks the local publisher; with one,
// the publisher in AWS, signed by the credentials of the environment (`aws configure export-credentials --format env`).

import { join } from "node:path";
import { SignatureV4 } from "@smithy/signature-v4";
import type { LivePointer } from "../contract";
import { evaluate, projectRoot } from "../graph/evaluate";
import { parseOptions, stackOptionTypes, UsageError } from "../graph/options";
import { openAuthority } from "./certificates";
import { Sha256 } from "./gateway/protections/sigv4/signature";
import { openHome } from "./home";
import { openTrainingCloud } from "./training/cloud";
import { startPublisher } from "./training/publisher";

const usage = `npm run live -- [options]

  --rollback         back to the model before, for all requests
  --promote          all requests to the canary
  --stack NAME       stack of the local run: dev (default), prod
  --function NAME    the publisher in AWS instead: $(pulumi stack output sagemakerPublisher)
  --region NAME      its region
  --help             print this`;

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
    help: { type: "boolean", default: false },
  });
  if (options.help) return void process.stdout.write(`${usage}\n`);
  if (options.rollback && options.promote) throw new UsageError("--rollback and --promote lead to different ends");
  const command = options.rollback ? "rollback" : options.promote ? "promote" : "show";
  const shown =
    options.function === undefined
      ? await askHere(options.stack, command)
      : await askThere(options.function, options.region, command);
  process.stdout.write(`${textOf(shown)}\n`);
}

async function askHere(stack: string, command: string): Promise<Shown> {
  const home = openHome(projectRoot);
  const graph = await evaluate({ stack, set: { sagemaker: true }, seed: home.seed });
  const authority = await openAuthority(home.authority);
  const folder = join(home.cloud, stack);
  const cloud = (await openTrainingCloud({ graph, authority, seed: home.seed, clock: Date.now, folder }))!;
  const place = { workDirectory: home.work, projectRoot, log: () => undefined };
  const functions = await startPublisher({ graph, cloud, authority, ...place });
  try {
    const answer = await functions.invoke(cloud.publisherArn, { command }, { timeoutMs: 60_000 });
    if (answer.kind === "result") return answer.payload as Shown;
    throw new Error(answer.kind === "error" ? answer.errorMessage : `the publisher ended with ${answer.kind}`);
  } finally {
    await functions.close();
    await cloud.close();
  }
}

/** Lambda's Invoke: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function askThere(name: string, region: string | undefined, command: string): Promise<Shown> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;
  const at = region ?? AWS_REGION;
  if (at === undefined) throw new UsageError("--region is missing");
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) {
    throw new Error('no credentials in the environment: eval "$(aws configure export-credentials --format env)"');
  }
  const base = process.env["AWS_ENDPOINT_URL_LAMBDA"] ?? `https://lambda.${at}.amazonaws.com`;
  const url = new URL(`/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, base);
  url.searchParams.set("Qualifier", "live");
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const signer = new SignatureV4({
    service: "lambda",
    region: at,
    credentials: AWS_SESSION_TOKEN === undefined ? credentials : { ...credentials, sessionToken: AWS_SESSION_TOKEN },
    sha256: Sha256,
  });
  const body = JSON.stringify({ command });
  const { headers } = await signer.sign({
    method: "POST",
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: { Qualifier: "live" },
    headers: { host: url.host },
    body,
  });
  const answer = await fetch(url, { method: "POST", headers, body, redirect: "error" });
  const text = await answer.text();
  if (answer.status !== 200 || answer.headers.has("x-amz-function-error")) {
    throw new Error(`the publisher did not carry it out (${answer.status}): its log says why`);
  }
  return JSON.parse(text) as Shown;
}

function textOf({ outcome, model, pointer }: Shown): string {
  if (pointer === null) return `${model}: nothing was published; the model that the code ships with is live`;
  const name = (digest: string | null) => digest ?? "the one that the code ships with";
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
