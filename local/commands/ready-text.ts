// What `npm start` prints: what was built, where it is served, commands to paste, and what is not enforced locally.

import { relative } from "node:path";
import { exampleNote } from "../../graph/project";
import type { Credentials } from "../credentials/credentials";
import type { LocalRun } from "../run/run";
import type { ExampleRequest } from "../run/printed-example";
import type { RunningApi } from "../run/running-api";
import type { ServedModels } from "../run/served-models";

/**
 * The line that `--json` prints. An API's `url` works as printed for any client that trusts `ca` and presents the API's
 * `credentials` (including `clientCert` and `clientKey`): it is the default endpoint or, if that is disabled, the
 * custom domain served at `localhost`. `domains` lists the custom domains with the name resolution that a client needs.
 * `disabledUrl` is the disabled default endpoint. `console` is the browser's page, with its token; absent with `--no-console`. `inspect` has
 * the port of each function for a debugger; absent without `--inspect`. The top-level `credentials` merge
 * those of all APIs; where they differ, the first API's win.
 */
export function readyLine(run: LocalRun, console?: string): string {
  return JSON.stringify({
    ready: true,
    apis: run.apis.map(({ name, url, routes, domains, disabledUrl, credentials }) => ({
      name,
      url,
      routes,
      domains,
      disabledUrl,
      credentials,
    })),
    credentials: run.credentials,
    ca: run.ca,
    metrics: run.metrics,
    console,
    ...(run.functions.inspectorPorts.size === 0 ? {} : { inspect: Object.fromEntries(run.functions.inspectorPorts) }),
    notEnforced: run.notEnforced.map(({ resource, why }) => `${resource}: ${why}`),
    examples: run.graph.examples,
  });
}

/** The same, for people. @param example a request that the default model accepts */
export function readyText(
  run: LocalRun,
  models: ServedModels | undefined,
  example: ExampleRequest | undefined,
  { logFile, console }: { readonly logFile: string; readonly console: string | undefined },
): string {
  const { graph, apis } = run;
  const custom = graph.resources.filter(({ id }) => id !== "").length;
  const lines = [
    `Stack ${graph.stack}: ${custom} resources evaluated, ${apis.length} API${apis.length === 1 ? "" : "s"} served`,
    "",
  ];
  if (run.movedPort) lines.push("The usual port is in use; another one was chosen.", "");
  if (graph.examples.length > 0) lines.push(exampleNote(graph.examples), "");
  if (models !== undefined) lines.push(modelLine(models), "");
  const { names } = run.endpoints;
  if (names.length > 0) lines.push(`Endpoints, each with an engine in a process of its own: ${names.join(", ")}`, "");
  const model = models?.standard;
  for (const api of apis) lines.push(...apiLines(api, run, model, example), "");
  if (run.notEnforced.length > 0) {
    lines.push("Not enforced here:", ...run.notEnforced.map(({ resource, why }) => `  ${resource}: ${why}`), "");
  }
  lines.push(...inspectorLines(run.functions.inspectorPorts));
  if (console !== undefined) lines.push(`Console, which shows every call and why it was refused: ${console}`);
  lines.push(`Certificate to trust: ${shown(run.ca)}   Log: ${shown(logFile)}   Metrics: ${run.metrics}`);
  lines.push("A change in models/ or lambda/ is served without a restart. Stop with Ctrl-C.");
  return lines.join("\n");
}

function inspectorLines(ports: ReadonlyMap<string, number>): string[] {
  if (ports.size === 0) return [];
  const width = Math.max(...[...ports.keys()].map((name) => name.length));
  const lines = [...ports].map(([name, port]) => `  ${name.padEnd(width)}   127.0.0.1:${port}`);
  return ["A debugger can attach to (one call at a time, without time limits; docs/local-run.md):", ...lines, ""];
}

function modelLine({ names, standard }: ServedModels): string {
  const all = names.map((name) => (name === standard ? `${name} (the default)` : name)).join(", ");
  return `Models: ${all}`;
}

function apiLines(
  api: RunningApi,
  run: LocalRun,
  model: string | undefined,
  example: ExampleRequest | undefined,
): string[] {
  const { credentials, routes } = api;
  const auths = [...new Set(routes.map(({ auth }) => auth))].filter((auth) => auth !== "NONE");
  const keys = routes.some(({ keyRequired }) => keyRequired) ? ["API key"] : [];
  const certificates = api.mutualTls ? ["client certificate"] : [];
  const authorization = [...auths, ...keys, ...certificates].join(" and ") || "nothing: anyone may call";
  const plain = routes.find(({ method, path }) => method === "POST" && !/^\/v[12](\/|$)/.test(path));
  const lines = [`${api.name}   ${api.url}   protected by: ${authorization}`];
  lines.push(...routes.map(({ method, path }) => `  ${method.padEnd(7)} ${path}`), "");
  if (credentials.tokenEndpoint !== undefined) {
    lines.push("  To get a token (valid for an hour):", `  ${tokenCurl(credentials, run)}`, "");
  }
  const curl = (base: string, path: string, extra: string) =>
    `  curl --cacert ${shown(run.ca)}${secret(credentials)}${extra} ${base}${path}`;
  lines.push(
    "  What is served (the model's metadata):",
    curl(api.url, model === undefined ? "/v2" : `/v2/models/${model}`, ""),
  );
  if (example !== undefined && plain !== undefined) {
    const data = dataOf(example);
    lines.push("", "  A prediction:", curl(api.url, plain.path, data));
    for (const { name, url, resolve } of api.domains)
      lines.push(
        "",
        `  The same through its own domain ${name}:`,
        curl(url, plain.path, ` --resolve ${resolve}${data}`),
      );
  }
  if (api.domains.some(({ mutualTls }) => mutualTls))
    lines.push(
      "",
      `  Client certificates must come from the local authority, not from those in the truststore: ${shown(run.ca)}`,
    );
  if (credentials.clients !== undefined) {
    const names = Object.keys(credentials.clients).join(", ");
    lines.push(
      "",
      `  Clients: ${names}. The lines above use the credentials of the first; --json has the credentials of each.`,
    );
  }
  if (api.disabledUrl !== undefined)
    lines.push("", `  The default endpoint is disabled; to see its answer, call ${api.disabledUrl}`);
  return lines;
}

/** The curl options that send a request, with a leading space. */
function dataOf(example: ExampleRequest): string {
  if ("json" in example) return ` -d '${example.json}'`;
  return ` -H 'Content-Type: ${example.contentType}' --data-binary '@${shown(example.file)}'`;
}

/** The curl options that present the credentials, each with a leading space. */
function secret(credentials: Credentials): string {
  const { apiKey, accessKeyId, secretAccessKey, region, token, clientCert, clientKey } = credentials;
  const parts = [];
  if (clientCert !== undefined && clientKey !== undefined) {
    parts.push(` --cert ${shown(clientCert)} --key ${shown(clientKey)}`);
  }
  if (apiKey !== undefined) parts.push(` -H 'x-api-key: ${apiKey}'`);
  if (accessKeyId !== undefined) {
    parts.push(` --aws-sigv4 aws:amz:${region}:execute-api --user '${accessKeyId}:${secretAccessKey}'`);
  }
  if (token !== undefined) parts.push(` -H "Authorization: Bearer ${token}"`);
  return parts.join("");
}

function tokenCurl({ tokenEndpoint, clientId, clientSecret, audience, scope }: Credentials, run: LocalRun): string {
  const start = `curl --cacert ${shown(run.ca)} ${tokenEndpoint} -d grant_type=client_credentials`;
  return audience === undefined
    ? `${start} -d scope=${scope} --user '${clientId}:${clientSecret}'`
    : `${start} -d audience=${audience} -d client_id=${clientId} -d client_secret=${clientSecret}`;
}

/** A path to paste: relative if it lies in the current folder. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
