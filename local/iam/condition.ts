// Evaluates the conditions of IAM policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

import { BlockList, isIP } from "node:net";
import { matchesArn, matchesWildcard } from "./wildcard";
import { checkKey, type PolicyOwner, PolicyError } from "./condition-keys";

/** Values of a request's condition keys, by key in lower case. A missing entry means that the request lacks the key. */
export type ConditionKeys = ReadonlyMap<string, string>;

/** Whether one condition holds for a request. */
export type Condition = (keys: ConditionKeys) => boolean;

type Comparison = (given: string, wanted: string) => boolean;

interface Operator {
  readonly compare: Comparison;
  /** Checks a value when the policy is read; throws PolicyError for one that can never be compared. */
  readonly check?: (wanted: string) => void;
  /** Holds if no value matches, and also if the request lacks the key. */
  readonly negated?: boolean;
}

const text: Operator = { compare: (given, wanted) => given === wanted };
const folded: Operator = { compare: (given, wanted) => given.toLowerCase() === wanted.toLowerCase() };
const like: Operator = { compare: (given, wanted) => matchesWildcard(wanted, given) };
const arn: Operator = { compare: (given, wanted) => matchesArn(wanted, given) };
const address: Operator = { compare: inSubnet, check: (wanted) => void subnetOf(wanted) };
const bool: Operator = { compare: (given, wanted) => given === wanted.toLowerCase(), check: booleanOf };
const not = (operator: Operator): Operator => ({ ...operator, negated: true });
const numeric = (holds: (given: number, wanted: number) => boolean): Operator => ordered(numberOf, holds);
const date = (holds: (given: number, wanted: number) => boolean): Operator => ordered(dateOf, holds);

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: text,
  StringNotEquals: not(text),
  StringEqualsIgnoreCase: folded,
  StringNotEqualsIgnoreCase: not(folded),
  StringLike: like,
  StringNotLike: not(like),
  ArnEquals: arn,
  ArnLike: arn,
  ArnNotEquals: not(arn),
  ArnNotLike: not(arn),
  IpAddress: address,
  NotIpAddress: not(address),
  Bool: bool,
  NumericEquals: numeric((given, wanted) => given === wanted),
  NumericNotEquals: not(numeric((given, wanted) => given === wanted)),
  NumericLessThan: numeric((given, wanted) => given < wanted),
  NumericLessThanEquals: numeric((given, wanted) => given <= wanted),
  NumericGreaterThan: numeric((given, wanted) => given > wanted),
  NumericGreaterThanEquals: numeric((given, wanted) => given >= wanted),
  DateEquals: date((given, wanted) => given === wanted),
  DateNotEquals: not(date((given, wanted) => given === wanted)),
  DateLessThan: date((given, wanted) => given < wanted),
  DateLessThanEquals: date((given, wanted) => given <= wanted),
  DateGreaterThan: date((given, wanted) => given > wanted),
  DateGreaterThanEquals: date((given, wanted) => given >= wanted),
};

/**
 * Compiles one entry of a Condition block.
 * @param operatorName with its `ForAnyValue:` or `ForAllValues:` prefix and `IfExists` suffix, if any
 * @param owner what the policy is attached to, which decides about the keys
 * @throws PolicyError for an unknown operator, a key that is unknown or has no value there, or a value that the
 * operator cannot compare
 */
export function conditionOf(
  operatorName: string,
  key: string,
  wanted: readonly string[],
  owner: PolicyOwner,
): Condition {
  const [, set, base, ifExists] = /^(ForAnyValue:|ForAllValues:)?([A-Za-z]+?)(IfExists)?$/.exec(operatorName) ?? [];
  const operator = base !== undefined && Object.hasOwn(operators, base) ? operators[base] : undefined;
  if (!operator) throw new PolicyError("unsupported", `Condition operator ${operatorName}`);
  const name = key.toLowerCase();
  checkKey(key, owner);
  for (const value of wanted) {
    // A policy variable would be compared literally, and an attacker could choose a value that matches its name.
    if (value.includes("${")) throw new PolicyError("unsupported", `a policy variable in Condition ${operatorName}`);
    operator.check?.(value);
  }
  // All supported keys have a single value, so a set operator differs from the plain one only if the key is absent:
  // ForAllValues holds for an empty set, ForAnyValue does not.
  const whenAbsent = ifExists || set === "ForAllValues:" ? true : set === "ForAnyValue:" ? false : !!operator.negated;
  return (keys) => {
    const given = keys.get(name);
    if (given === undefined) return whenAbsent;
    return wanted.some((value) => operator.compare(given, value)) !== !!operator.negated;
  };
}

function ordered(read: (value: string) => number, holds: (given: number, wanted: number) => boolean): Operator {
  return { compare: (given, wanted) => holds(read(given), read(wanted)), check: (wanted) => void read(wanted) };
}

function numberOf(value: string): number {
  if (!/^[+-]?\d+(\.\d+)?$/.test(value))
    throw new PolicyError("malformed", "a Numeric condition's value is not a number");
  return Number(value);
}

/** A date in W3C's profile of ISO 8601, or seconds since the epoch. @returns milliseconds since the epoch */
function dateOf(value: string): number {
  if (/^\d{1,12}$/.test(value)) return Number(value) * 1000;
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(value);
  const time = iso ? Date.parse(value) : NaN;
  if (Number.isNaN(time)) throw new PolicyError("malformed", "a Date condition's value is not a date");
  return time;
}

function booleanOf(value: string): void {
  if (!/^(true|false)$/i.test(value)) throw new PolicyError("malformed", "a Bool condition's value is not a boolean");
}

function subnetOf(cidr: string): BlockList {
  const [host = "", length] = cidr.split("/");
  const family = isIP(host);
  const bits = length === undefined ? (family === 4 ? 32 : 128) : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
  if (family === 0 || !(bits <= (family === 4 ? 32 : 128)) || cidr.split("/").length > 2)
    throw new PolicyError("malformed", "an IpAddress condition's value is not an address range");
  const list = new BlockList();
  list.addSubnet(host, bits, family === 4 ? "ipv4" : "ipv6");
  return list;
}

function inSubnet(given: string, wanted: string): boolean {
  // A dual-stack socket reports IPv4 callers as `::ffff:a.b.c.d`; compared as IPv6, they would evade every IPv4 range.
  const plain = given.replace(/^::ffff:(?=\d+\.)/i, "");
  const family = isIP(plain);
  // BlockList matches an IPv4 address with ::/0; IAM keeps the families separate.
  if (family === 0 || family !== isIP(wanted.split("/")[0]!)) return false;
  return subnetOf(wanted).check(plain, family === 4 ? "ipv4" : "ipv6");
}
