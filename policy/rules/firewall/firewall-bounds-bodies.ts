// A body that no function can take should cost nothing but the firewall's refusal. WAF inspects at most 64 KB of a body,
// so only the header gives the size of a larger one.

import { at, list, text, Unreadable } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { isSet, rulesOf, webAclType } from "./web-acls";

/**
 * Lengths that must be blocked: from just above 4,718,592 bytes, the largest body that Lambda takes in base64 (6 MB), to
 * API Gateway's own 10 MB and beyond.
 */
const tooLong = ["4720000", "4999999", "5000000", "9999999", "10485760", "99999999", "1000000000", "1000000000000"];

export const firewallBoundsBodies: Rule = {
  name: "firewall-bounds-bodies",
  description: "A web ACL blocks every body that is larger than a function can take, by its Content-Length.",
  severity: "medium",
  controls: ["OWN.WafManaged", "API4"],
  types: [webAclType],
  check: (acl) =>
    unmet({
      "no rule blocks by a regular expression each Content-Length above 4,720,000": rulesOf(acl).some(
        (rule) => isSet(rule, "action", "block") && bounds(at(rule, "statement", "regexMatchStatement")),
      ),
    }),
};

function bounds(statement: unknown): boolean {
  return (
    text(at(statement, "fieldToMatch", "singleHeader", "name")).toLowerCase() === "content-length" &&
    list(at(statement, "textTransformations")).every((one) => at(one, "type") === "NONE") &&
    tooLong.every((length) => expression(text(at(statement, "regexString"))).test(length))
  );
}

/** @throws Unreadable */
function expression(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw new Unreadable("regexString is no regular expression");
  }
}
