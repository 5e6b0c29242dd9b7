// What `npm start` prints: what was built, where it answers, lines to paste, and what is not enforced here.

import { relative } from "node:path";
import { exampleNote } from "../graph/project";
import type { Credentials } from "./credentials";
import type { LocalRun, RunningApi } from "./run";

/** The line of `--json`. */
export function readyLine(run: LocalRun): string {
  return JSON.stringify({
    ready: true,
    apis: run.apis.map(({ name, url, routes }) => ({ name, url, routes })),
    credentials: run.credentials,
    ca: run.ca,
    notEnforced: run.notEnforced.map(({ resource, why }) => `${resource}: ${why}`),
    examples: run.graph.examples,
  });
}

/** The same for people. @param body a request that the default model takes */
export function readyText(run: LocalRun, body: string | undefined, logFile: string): string {
  const { graph, apis } = run;
  const custom = graph.resources.filter(({ id }) => id !== "").length;
  const lines = [
    `Stack ${graph.stack}: ${custom} resources evaluated, ${apis.length} API${apis.length === 1 ? "" : "s"} served`,
    "",
  ];
  if (apis.length === 0) lines.push("No module that serves the model is on: try --set apiGateway=true", "");
  if (run.movedPort) lines.push("The usual port is taken; another one was chosen.", "");
  if (graph.examples.length > 0) lines.push(exampleNote(graph.examples), "");
  for (const api of apis) lines.push(...apiLines(api, run, body), "");
  if (run.notEnforced.length > 0) {
    lines.push("Not enforced here:", ...run.notEnforced.map(({ resource, why }) => `  ${resource}: ${why}`), "");
  }
  lines.push(`Certificate to trust: ${shown(run.ca)}   Log: ${shown(logFile)}`);
  lines.push("A change in models/ or lambda/ is taken up by itself. Stop with Ctrl-C.");
  return lines.join("\n");
}

function apiLines(api: RunningApi, run: LocalRun, body: string | undefined): string[] {
  const auths = [...new Set(api.routes.map(({ auth }) => auth))].filter((auth) => auth !== "NONE");
  const { credentials } = run;
  const guard = [...auths, ...(credentials.apiKey === undefined ? [] : ["API key"])].join(" and ");
  const plain = api.routes.find(({ method, path }) => method === "POST" && !path.startsWith("/v2"));
  const lines = [`${api.name}   ${api.url}   protected by: ${guard}`];
  lines.push(...api.routes.map(({ method, path }) => `  ${method.padEnd(7)} ${path}`), "");
  if (credentials.tokenEndpoint !== undefined) {
    lines.push("  A token (each is good for an hour):", `  ${tokenCurl(credentials, run)}`, "");
  }
  const call = (path: string, extra: string) =>
    `  curl --cacert ${shown(run.ca)}${secret(credentials)}${extra} ${api.url}${path}`;
  lines.push("  What is served:", call("/v2/models/mymodel", ""));
  if (body !== undefined && plain !== undefined) {
    lines.push("", "  A prediction:", call(plain.path, ` -d '${body}'`));
  }
  return lines;
}

/** curl's options that present the credentials. */
function secret({ apiKey, accessKeyId, secretAccessKey, region, token }: Credentials): string {
  const parts = [];
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

/** A path as short as it can be pasted. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
