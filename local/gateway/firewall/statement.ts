// Compiles the statements of a web ACL's rules. Those that need AWS's own data are not supported.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_Statement.html

import { BlockList, isIP } from "node:net";
import { type Graph, ofType } from "../../../graph/resource";
import { header, type ApiRequest } from "../../server/api-request";
import { Unenforceable } from "../../base/unenforceable";

/** @throws Unenforceable naming a statement that is not supported */
export function compileStatement(statement: unknown, graph: Graph, where: string): StatementMatch {
  const [[kind, value] = ["", undefined], ...more] = fieldsOf(statement);
  if (more.length > 0) throw new Unenforceable(where, "has a statement of several kinds");
  const inner = (nested: unknown): StatementMatch => compileStatement(nested, graph, where);
  const fields = Object.fromEntries(fieldsOf(value));
  switch (kind) {
    case "ipSetReferenceStatement":
      return fromSet(fields, graph, where);
    case "notStatement": {
      const matches = inner(fields["statement"]);
      return (request, now) => !matches(request, now);
    }
    case "orStatement":
    case "andStatement": {
      const all = (fields["statements"] as unknown[]).map(inner);
      return kind === "orStatement"
        ? (request, now) => all.some((matches) => matches(request, now))
        : (request, now) => all.every((matches) => matches(request, now));
    }
    case "regexMatchStatement":
      return byHeader(fields, where);
    case "rateBasedStatement":
      return compileRate(fields, where);
    case "geoMatchStatement":
      throw new Unenforceable(
        where,
        "decides by country, which a local address does not have: --set 'allowedCountries=[]'",
      );
    default:
      throw new Unenforceable(where, `has a statement that is not evaluated locally: ${kind}`);
  }
}

function fromSet(fields: Readonly<Record<string, unknown>>, graph: Graph, where: string): StatementMatch {
  if (Object.keys(fields).some((field) => field !== "arn"))
    throw new Unenforceable(where, "takes addresses from a header, which is not done locally");
  const set = ofType(graph, "aws:wafv2/ipSet:IpSet").find(({ outputs }) => outputs["arn"] === fields["arn"]);
  const addresses = set?.inputs["addresses"];
  if (!Array.isArray(addresses)) throw new Unenforceable(where, "names a set of addresses that is not of this program");
  const list = new BlockList();
  for (const network of addresses as string[]) {
    const [host = "", bits] = network.split("/");
    list.addSubnet(host, Number(bits), isIP(host) === 6 ? "ipv6" : "ipv4");
  }
  return ({ sourceIp }) => {
    const address = plain(sourceIp);
    return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  };
}

/** A dual-stack socket reports IPv4 callers as `::ffff:a.b.c.d`. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function byHeader(
  { regexString, fieldToMatch, textTransformations }: Readonly<Record<string, unknown>>,
  where: string,
): StatementMatch {
  const name = (fieldToMatch as { singleHeader?: { name?: unknown } } | undefined)?.singleHeader?.name;
  const transformed = (textTransformations as { type?: unknown }[] | undefined)?.some(({ type }) => type !== "NONE");
  if (typeof name !== "string" || transformed !== false)
    throw new Unenforceable(where, "looks at something else than a header as it was sent");
  const pattern = new RegExp(String(regexString));
  return (request) => pattern.test(header(request, name) ?? "");
}

/** The fields that are set. */
export function fieldsOf(record: unknown): [name: string, value: unknown][] {
  if (typeof record !== "object" || record === null) return [];
  return Object.entries(record).filter(([, value]) => value !== undefined && value !== null);
}

// Rate-based rules: the number of requests from one address, or with equal values of certain headers, in a sliding
// window.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
// AWS estimates the rate and may take up to a minute to react; here each request is counted at once, which is stricter.

// The compiled form of a web ACL statement.

/**
 * Whether a request matches; `now` in milliseconds since the epoch. Rate statements count: pass each request once, in
 * order.
 */
export type StatementMatch = (request: ApiRequest, now: number) => boolean;

/** Most callers tracked per rule, as on AWS; one that is no longer tracked starts at zero. */
const mostCallers = 10_000;
/** Number of parts in which the window is counted, so that it slides without storing the time of each request. */
const parts = 30;

interface RateCounter {
  readonly counts: Uint32Array;
  /** Number of the last part that was counted. */
  part: number;
}

/** @throws Unenforceable for an aggregation key that is not supported */
function compileRate(fields: Readonly<Record<string, unknown>>, where: string): StatementMatch {
  const { limit, evaluationWindowSec = 300, aggregateKeyType = "IP", customKeys, ...more } = fields;
  if (Object.keys(more).length > 0)
    throw new Unenforceable(where, `counts by something that is not counted locally: ${Object.keys(more)[0]!}`);
  const keyOf = aggregateKeyType === "IP" ? (request: ApiRequest) => request.sourceIp : customKey(customKeys, where);
  const partMs = (Number(evaluationWindowSec) * 1000) / parts;
  const callers = new Map<string, RateCounter>();
  return (request, now) => {
    const key = keyOf(request);
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
function forget(caller: RateCounter, part: number): void {
  const passed = Math.min(parts, Math.max(0, part - caller.part));
  for (let step = 1; step <= passed; step++) caller.counts[(caller.part + step) % parts] = 0;
  caller.part = Math.max(caller.part, part);
}

function customKey(customKeys: unknown, where: string): (request: ApiRequest) => string | undefined {
  const names = (Array.isArray(customKeys) ? customKeys : []).map((key: { header?: Record<string, unknown> }) => {
    const { name, textTransformations } = key.header ?? {};
    const plain = (textTransformations as { type?: unknown }[] | undefined)?.every(({ type }) => type === "NONE");
    return typeof name === "string" && plain === true ? name : undefined;
  });
  if (names.length === 0 || names.includes(undefined))
    throw new Unenforceable(where, "counts by something else than addresses and headers as they were sent");
  return (request) => {
    const values = names.map((name) => header(request, name!));
    return values.includes(undefined) ? undefined : JSON.stringify(values);
  };
}
