// Compiles the statements of a web ACL's rules. Those that need AWS's own data are not supported.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_Statement.html

import { BlockList, isIP } from "node:net";
import { type Graph, ofType } from "../../../graph/resource";
import { header } from "../../server/call";
import { Unenforceable } from "../../base/unenforceable";
import type { Matches } from "./matches";
import { compileRate } from "./rate";

/** @throws Unenforceable naming a statement that is not supported */
export function compileStatement(statement: unknown, graph: Graph, where: string): Matches {
  const [[kind, value] = ["", undefined], ...more] = fieldsOf(statement);
  if (more.length > 0) throw new Unenforceable(where, "has a statement of several kinds");
  const inner = (nested: unknown): Matches => compileStatement(nested, graph, where);
  const fields = Object.fromEntries(fieldsOf(value));
  switch (kind) {
    case "ipSetReferenceStatement":
      return fromSet(fields, graph, where);
    case "notStatement": {
      const matches = inner(fields["statement"]);
      return (call, now) => !matches(call, now);
    }
    case "orStatement":
    case "andStatement": {
      const all = (fields["statements"] as unknown[]).map(inner);
      return kind === "orStatement"
        ? (call, now) => all.some((matches) => matches(call, now))
        : (call, now) => all.every((matches) => matches(call, now));
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

function fromSet(fields: Readonly<Record<string, unknown>>, graph: Graph, where: string): Matches {
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
): Matches {
  const name = (fieldToMatch as { singleHeader?: { name?: unknown } } | undefined)?.singleHeader?.name;
  const transformed = (textTransformations as { type?: unknown }[] | undefined)?.some(({ type }) => type !== "NONE");
  if (typeof name !== "string" || transformed !== false)
    throw new Unenforceable(where, "looks at something else than a header as it was sent");
  const pattern = new RegExp(String(regexString));
  return (call) => pattern.test(header(call, name) ?? "");
}

/** The fields that are set. */
export function fieldsOf(record: unknown): [name: string, value: unknown][] {
  if (typeof record !== "object" || record === null) return [];
  return Object.entries(record).filter(([, value]) => value !== undefined && value !== null);
}
