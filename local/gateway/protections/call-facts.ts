// What policies are asked about a call: the ARNs that name it and its condition keys.

import { type Call, header, methodArn } from "../call";
import type { ConditionKeys } from "./policy/condition";

/** The one action that calling an API is. */
export const invokeAction = "execute-api:Invoke";

/**
 * ARNs that name the called method. A path is matched as it was sent; where percent-encoding or a trailing slash lets one
 * route be spelt in several ways, the other spellings are asked too, or `/secre%74` would slip past a Deny on `/secret`.
 * AWS documents no rule here: this is the strict reading.
 */
export function resourcesOf(call: Pick<Call, "api" | "method" | "path">): readonly string[] {
  const paths = new Set([call.path]);
  try {
    paths.add(decodeURIComponent(call.path));
  } catch {
    // A broken escape has no other spelling.
  }
  for (const path of [...paths]) if (path.length > 1 && path.endsWith("/")) paths.add(path.slice(0, -1));
  return [...paths].map((path) => methodArn({ ...call, path }));
}

/**
 * Condition keys of a call, lower case, with what a principal adds.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * @param now milliseconds since the epoch: a cached policy is asked at the time of the call, not of its making
 */
export function keysOf(call: Call, now: number, principal: Readonly<Record<string, string>> = {}): ConditionKeys {
  const keys = new Map<string, string>([
    ["aws:currenttime", new Date(now).toISOString()],
    ["aws:epochtime", String(Math.floor(now / 1000))],
    ["aws:sourceip", call.sourceIp],
    ["aws:securetransport", "true"],
  ]);
  const agent = header(call, "user-agent");
  if (agent !== undefined) keys.set("aws:useragent", agent);
  for (const [name, value] of Object.entries(principal)) keys.set(name.toLowerCase(), value);
  return keys;
}
