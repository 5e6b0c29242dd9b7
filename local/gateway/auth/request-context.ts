// What a policy is evaluated against for a request: the ARNs of the method and the condition keys.

import { type ApiRequest, header, methodArn } from "../../server/api-request";
import type { ConditionKeys } from "../../iam/condition";

/** The IAM action of calling an API. */
export const invokeAction = "execute-api:Invoke";

/**
 * ARNs of the called method. A path is matched as sent, and also decoded, without a trailing slash and without further
 * slashes at its start, which reach the same route: otherwise `/secre%74` would evade a Deny on `/secret`. AWS documents
 * no rule; this is the strict reading.
 */
export function resourcesOf(request: Pick<ApiRequest, "api" | "method" | "path" | "sentPath">): readonly string[] {
  const paths = new Set([request.path, request.sentPath ?? request.path]);
  for (const path of [...paths])
    try {
      paths.add(decodeURIComponent(path));
    } catch {
      // A malformed escape has no other spelling.
    }
  for (const path of [...paths]) if (path.length > 1 && path.endsWith("/")) paths.add(path.slice(0, -1));
  return [...paths].map((path) => methodArn({ ...request, path }));
}

/**
 * Condition keys of a request, in lower case, together with the principal's.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * @param now milliseconds since the epoch: a cached policy is evaluated at the time of the request, not at that of
 * caching
 */
export function keysOf(
  request: ApiRequest,
  now: number,
  principal: Readonly<Record<string, string>> = {},
): ConditionKeys {
  const keys = new Map<string, string>([
    ["aws:currenttime", new Date(now).toISOString()],
    ["aws:epochtime", String(Math.floor(now / 1000))],
    ["aws:sourceip", request.sourceIp],
    ["aws:securetransport", "true"],
  ]);
  const agent = header(request, "user-agent");
  if (agent !== undefined) keys.set("aws:useragent", agent);
  for (const [name, value] of Object.entries(principal)) keys.set(name.toLowerCase(), value);
  return keys;
}
