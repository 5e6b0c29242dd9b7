// Web ACLs: what of one only filters traffic is named as not enforced; what decides who may call stops the start.

import type { Resource } from "../../graph/resource";
import { type NotEnforced, Unenforceable } from "./unenforceable";

/** Statements that judge how a request looks or how many there are, not who sends it. */
const filters: Readonly<Record<string, string>> = {
  managedRuleGroupStatement: "AWS's managed rules are not public",
  rateBasedStatement: "the firewall's rate limit is not enforced locally",
  sizeConstraintStatement: "the firewall's size limit is not enforced locally",
  sqliMatchStatement: "AWS's detection is not public",
  xssMatchStatement: "AWS's detection is not public",
};

interface Rule {
  readonly name?: string;
  readonly action?: unknown;
  readonly statement?: Readonly<Record<string, unknown>>;
}

/** @throws Unenforceable for an ACL that blocks by default, and a rule about who calls */
export function firewallGaps({ inputs, urn }: Resource): NotEnforced[] {
  if (set(inputs["defaultAction"]).join() !== "allow")
    throw new Unenforceable(
      urn,
      "does not allow by default: its rules then decide who may call, and are not enforced locally",
    );
  if (inputs["ruleJson"] !== undefined)
    throw new Unenforceable(urn, "has its rules as JSON, which is not read locally");
  const rules = Array.isArray(inputs["rules"]) ? (inputs["rules"] as Rule[]) : [];
  return rules.map((rule) => {
    const where = `${urn}: rule ${rule.name ?? "without a name"}`;
    const [statement, ...more] = set(rule.statement);
    const why = statement === undefined || more.length > 0 ? undefined : filters[statement];
    if (why === undefined)
      throw new Unenforceable(
        where,
        "judges by something else than rate, size or content, and is not enforced locally",
      );
    return { resource: where, why };
  });
}

/** Names of the fields that are set. */
function set(record: unknown): string[] {
  if (typeof record !== "object" || record === null) return [];
  return Object.entries(record)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name]) => name);
}
