// The code of the handlers that conformance cases name: CommonJS modules, so that they need no bundling.

import { createHash } from "node:crypto";
import type { Handler } from "../../../conformance/case";

/** Name of the function that runs a handler: equal handlers share one. */
export function functionName(handler: Handler): string {
  return `${handler.kind}-${createHash("sha256").update(JSON.stringify(handler)).digest("hex").slice(0, 12)}`;
}

/** Whether the function can start: AWS answers its calls with an error, the local run refuses to start. */
export function starts({ kind }: Handler): boolean {
  return !["callback", "not-exported", "syntax-error", "missing-module"].includes(kind);
}

/** Source of `index.js`. */
export function codeOf(handler: Handler): string {
  const parameters = JSON.stringify(handler);
  if (handler.kind === "not-exported") return "exports.another = async () => null;\n";
  if (handler.kind === "syntax-error") return "exports.handler = async () => {;\n";
  if (handler.kind === "missing-module") return 'require("a-module-nobody-has");\n';
  return `const parameters = ${parameters};\nexports.handler = ${bodies[handler.kind]};\n`;
}

const echo = `({ statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(event) })`;

const bodies: Readonly<Record<string, string>> = {
  callback: `(event, context, callback) => { callback(null, "from the callback"); }`,
  returns: `async () => {
  if (parameters.what === "bigint") return 10n;
  if (parameters.what === "map") return new Map([["a", 1]]);
  const own = {};
  own.own = own;
  return own;
}`,
  "throws-value": `async () => { throw parameters.value; }`,
  large: `async () => "x".repeat(parameters.bytes - 2)`,
  echo: `async (event) => ${echo}`,
  undefined: `async () => undefined`,
  answers: `async () => parameters.value`,
  throws: `async () => { const error = new Error(parameters.message); if (parameters.name) error.name = parameters.name; throw error; }`,
  exits: `async () => { process.exit(parameters.code); }`,
  sleeps: `async (event) => { await new Promise((done) => setTimeout(done, parameters.ms)); return ${echo}; }`,
  authorizer: `async (event) => {
  const { simple, effect = "Allow", resource = "*", context, principalId = "user", usageIdentifierKey } = parameters;
  if (simple !== undefined) return { isAuthorized: simple, context };
  const target = resource === "<methodArn>" ? event.methodArn ?? event.routeArn : resource;
  const Statement = [{ Action: "execute-api:Invoke", Effect: effect, Resource: target }];
  return { principalId, policyDocument: { Version: "2012-10-17", Statement }, context, usageIdentifierKey };
}`,
};
