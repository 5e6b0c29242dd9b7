// Rate-based rules: the number of requests from one address, or with equal values of certain headers, in a sliding
// window.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
// AWS estimates the rate and may take up to a minute to react; here each request is counted at once, which is stricter.

import { type Call, header } from "../../server/call";
import { Unenforceable } from "../../base/unenforceable";
import type { Matches } from "./matches";

/** Most callers tracked per rule, as on AWS; one that is no longer tracked starts at zero. */
const mostCallers = 10_000;
/** Number of parts in which the window is counted, so that it slides without storing the time of each request. */
const parts = 30;

interface Caller {
  readonly counts: Uint32Array;
  /** Number of the last part that was counted. */
  part: number;
}

/** @throws Unenforceable for an aggregation key that is not supported */
export function compileRate(fields: Readonly<Record<string, unknown>>, where: string): Matches {
  const { limit, evaluationWindowSec = 300, aggregateKeyType = "IP", customKeys, ...more } = fields;
  if (Object.keys(more).length > 0)
    throw new Unenforceable(where, `counts by something that is not counted locally: ${Object.keys(more)[0]!}`);
  const keyOf = aggregateKeyType === "IP" ? (call: Call) => call.sourceIp : customKey(customKeys, where);
  const partMs = (Number(evaluationWindowSec) * 1000) / parts;
  const callers = new Map<string, Caller>();
  return (call, now) => {
    const key = keyOf(call);
    // A request without one of the key headers is not counted.
    if (key === undefined) return false;
    const part = Math.floor(now / partMs);
    const caller = callers.get(key) ?? { counts: new Uint32Array(parts), part };
    // Moves the caller to the end: the least recent one is dropped first, so made-up keys displace each other.
    callers.delete(key);
    callers.set(key, caller);
    if (callers.size > mostCallers) callers.delete(callers.keys().next().value!);
    forget(caller, part);
    caller.counts[part % parts]! += 1;
    return caller.counts.reduce((sum, count) => sum + count, 0) > Number(limit);
  };
}

/** Clears the parts that have left the window. If the clock is set back, nothing is cleared. */
function forget(caller: Caller, part: number): void {
  const passed = Math.min(parts, Math.max(0, part - caller.part));
  for (let step = 1; step <= passed; step++) caller.counts[(caller.part + step) % parts] = 0;
  caller.part = Math.max(caller.part, part);
}

function customKey(customKeys: unknown, where: string): (call: Call) => string | undefined {
  const names = (Array.isArray(customKeys) ? customKeys : []).map((key: { header?: Record<string, unknown> }) => {
    const { name, textTransformations } = key.header ?? {};
    const plain = (textTransformations as { type?: unknown }[] | undefined)?.every(({ type }) => type === "NONE");
    return typeof name === "string" && plain === true ? name : undefined;
  });
  if (names.length === 0 || names.includes(undefined))
    throw new Unenforceable(where, "counts by something else than addresses and headers as they were sent");
  return (call) => {
    const values = names.map((name) => header(call, name!));
    return values.includes(undefined) ? undefined : JSON.stringify(values);
  };
}
