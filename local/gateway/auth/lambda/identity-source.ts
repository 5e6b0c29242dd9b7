// Identity sources of a Lambda authorizer: where a call contains the credential.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html

import type { Call } from "../../../server/call";
import { parseQuery } from "../../../server/request-target";

export interface IdentitySource {
  /** As declared, for example `method.request.header.Authorization`. */
  readonly text: string;
  /** All values of the source in a call: an authorizer may check any of them, so a cached policy must depend on all. */
  readonly valuesIn: (call: Call) => readonly string[];
}

/** The supported variables of the request context. */
const context: Readonly<Record<string, (call: Call) => string>> = {
  httpMethod: (call) => call.method,
  path: (call) => call.stagePath,
  resourcePath: (call) => call.resource,
  stage: (call) => call.api.stage,
  apiId: (call) => call.api.id,
  accountId: (call) => call.api.account,
  "identity.sourceIp": (call) => call.sourceIp,
};

/** @param declared comma-separated expressions @param fail throws for an unsupported expression */
export function identitySourcesOf(declared: string, fail: (why: string) => never): IdentitySource[] {
  return declared
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map((text) => ({ text, valuesIn: readerOf(text) ?? fail(`identitySource ${text} cannot be read`) }));
}

function readerOf(text: string): IdentitySource["valuesIn"] | undefined {
  const [, place, name = ""] =
    /^(method\.request\.header|method\.request\.querystring|context)\.([^\s,]+)$/.exec(text) ?? [];
  if (place === "method.request.header")
    return (call) =>
      call.headers.filter(([sent]) => sent.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  if (place === "method.request.querystring")
    return (call) =>
      parseQuery(call.rawQuery)
        .filter(([sent]) => sent === name)
        .map(([, value]) => value);
  if (place === "context" && Object.hasOwn(context, name)) return (call) => [context[name]!(call)];
  return undefined;
}

/** The values of all sources; `undefined` if one is absent or blank. */
export function identityOf(call: Call, sources: readonly IdentitySource[]): string[][] | undefined {
  const values = sources.map((source) => [...source.valuesIn(call)]);
  return values.every((found) => found.some((value) => value.trim() !== "")) ? values : undefined;
}
