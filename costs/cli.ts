// `npm run costs`: what a day of a model costs in the function and behind an endpoint.

import { parseOptions, UsageError } from "../graph/options";
import { compare, type Plan } from "./comparison";

const usage = `npm run costs -- --rate 20 --cpu 70 [options]

  --rate NUMBER      requests per second, the mean of a day
  --cpu MS           milliseconds that one vCPU computes for a request
  --gpu MS           milliseconds that a GPU computes for a request; without it: a thirtieth of --cpu, 1 at least
  --size MB          size of the model's files (100)
  --body KB          a request and its answer together (10)
  -h, --help         print this

Simulates a day (docs/endpoints.md says how) with the prices of costs/prices.ts, and prints dollars a day.`;

function number(name: string, value: string | undefined): number {
  const read = Number(value);
  if (value === undefined || value.trim() === "" || !(read > 0) || read > 100_000)
    throw new UsageError(`--${name}: is not a number above 0 and up to 100000 (npm run costs -- --help)`);
  return read;
}

function main(): void {
  const options = parseOptions(process.argv.slice(2), {
    rate: { type: "string" },
    cpu: { type: "string" },
    gpu: { type: "string" },
    size: { type: "string", default: "100" },
    body: { type: "string", default: "10" },
  });
  if (options.help) return void process.stdout.write(`${usage}\n`);
  const model = {
    megabytes: number("size", options.size),
    cpuMs: number("cpu", options.cpu),
    kilobytes: number("body", options.body),
    ...(options.gpu === undefined ? {} : { gpuMs: number("gpu", options.gpu) }),
  };
  const compared = compare(model, number("rate", options.rate));
  const line = (name: string, dollars: string, rest = "") =>
    process.stdout.write(`${name.padEnd(16)} ${dollars.padStart(10)} ${rest}`.trimEnd() + "\n");
  line("", "dollars");
  line("function", compared.function?.toFixed(2) ?? "–", compared.function === undefined ? "  too large for it" : "");
  for (const plan of [compared.cpu, compared.gpu]) line(plan.type, plan.dollars.toFixed(2), `  ${details(plan)}`);
}

function details({ perMinute, meanInstances, mostInstances, refused, requests }: Plan): string {
  const share = ((100 * refused) / requests).toFixed(2);
  return `invocationsPerInstance ${perMinute}, instances ${meanInstances.toFixed(1)} (at most ${mostInstances}), 503: ${share} %`;
}

try {
  main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
