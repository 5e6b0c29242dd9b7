// `npm run conformance -- --url URL [--http-url URL] [--out FILE]`: sends the cases that a deployed echo stack
// (conformance/echo-stack) can answer, compares its answers with the recorded ones, and writes the differences as a report.

import { readFileSync, writeFileSync } from "node:fs";
import { parseOptions, UsageError } from "../graph/options";
import { type ApiKind, type Area, type Case, readAreas, type Request } from "./case";
import { type Answer, differences } from "./compare";
import { bodyOf, sendRequest } from "./http";

const usage = `npm run conformance -- [options]

  --url URL          base URL of the echo stack's REST API, with the stage
  --http-url URL     base URL of the echo stack's HTTP API
  --ca FILE          PEM file of an authority to trust besides the public ones
  --out FILE         where the report goes (default conformance-report.json)
  -h, --help         print this

The echo stack: pulumi -C conformance/echo-stack up. Its outputs are the two URLs.`;

export interface Difference {
  readonly area: string;
  readonly name: string;
  readonly source: string;
  readonly differences: readonly string[];
}

export interface Report {
  readonly date: string;
  readonly sent: number;
  readonly different: readonly Difference[];
}

/**
 * Whether a case can be asked of the echo stack: its routes are open and answered by echo, and it expects nothing that
 * names the route, which there is the greedy one.
 */
export function applies({ api, setup, request, expect, before }: Case): boolean {
  if (api !== "rest" && api !== "http") return false;
  const { routes, handlers, document, keys, principals, throttle, cors, binaryMediaTypes } = setup;
  const special = [handlers, document, keys, principals, throttle, cors, binaryMediaTypes, before];
  if (routes === undefined || special.some((each) => each !== undefined)) return false;
  if (
    !routes.every(({ handler }) => handler === "echo") ||
    request?.token !== undefined ||
    request?.signedBy !== undefined
  )
    return false;
  const named =
    /^(resource|routeKey|pathParameters|requestContext\.(resourcePath|resourceId|routeKey|path|stage|http\.path)|path|rawPath)/;
  // An answer to HEAD has no body, so that the event is not seen.
  return (
    request?.method !== "HEAD" &&
    expect.status === 200 &&
    !Object.keys(expect.event ?? {}).some((path) => named.test(path))
  );
}

/** @param url base URL without a slash at its end @param ca PEM */
export async function replay(
  areas: readonly Area[],
  urls: Partial<Record<ApiKind, string>>,
  ca?: string,
): Promise<Report> {
  const different: Difference[] = [];
  let sent = 0;
  for (const { area, cases } of areas)
    for (const each of cases.filter(applies)) {
      const url = urls[each.api];
      if (url === undefined) continue;
      sent++;
      const answer = await send(url, each.request!, ca);
      const { host, pathname } = new URL(url);
      const names = {
        apiId: "[a-z0-9]{10}",
        account: "\\d{12}",
        region: "[a-z0-9-]+",
        sourceIp: "[0-9a-f.:]+",
        host,
        stage: pathname.slice(1),
      };
      const found = differences(each, answer, names);
      if (found.length > 0) different.push({ area, name: each.name, source: each.evidence.source, differences: found });
    }
  return { date: new Date().toISOString().slice(0, 10), sent, different };
}

async function send(
  base: string,
  { method = "GET", path = "/", headers = [], body }: Request,
  ca?: string,
): Promise<Answer> {
  const { hostname, host, port, pathname } = new URL(base);
  const target = `${pathname.replace(/\/$/, "")}${path}`;
  const own = headers.filter(([name]) => name.toLowerCase() !== "host");
  const options = { hostname, port: port || 443, method, path: target, timeout: 60_000, ...(ca && { ca }) };
  const answer = await sendRequest(options, [["Host", host], ...own], bodyOf(body));
  return { ...answer, event: echoed(answer.body) };
}

function echoed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), {
    url: { type: "string" },
    "http-url": { type: "string" },
    ca: { type: "string" },
    out: { type: "string", default: "conformance-report.json" },
  });
  if (options.help) return void process.stdout.write(`${usage}\n`);
  const urls = { rest: options.url, http: options["http-url"] };
  if (urls.rest === undefined && urls.http === undefined)
    throw new UsageError("--url or --http-url: give at least one");
  for (const [name, url] of [
    ["--url", urls.rest],
    ["--http-url", urls.http],
  ] as const)
    if (url !== undefined && !/^https:\/\//.test(url)) throw new UsageError(`${name}: must be an https URL`);
  const report = await replay(
    readAreas(),
    urls,
    options.ca === undefined ? undefined : readFileSync(options.ca, "utf8"),
  );
  writeFileSync(options.out, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${report.sent} cases sent, ${report.different.length} answered otherwise: ${options.out}\n`);
  process.exitCode = report.different.length === 0 ? 0 : 1;
}

if (process.argv[1] === __filename)
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  });
