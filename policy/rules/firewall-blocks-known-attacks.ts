// AWS keeps these two managed groups up to date; in count mode they block nothing. The common group's limit of 8 KB on
// bodies would block every tensor, so that one rule must count, and a size rule of this project must replace it.

import { at } from "../read";
import { type Rule, unmet } from "../rule";
import { isCounted, managedGroups, rulesOf, webAclType } from "../web-acls";

const groups = ["AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"];

export const firewallBlocksKnownAttacks: Rule = {
  name: "firewall-blocks-known-attacks",
  says: "A web ACL blocks by AWS's common and known-bad-inputs groups, and bounds bodies by a size rule of its own.",
  types: [webAclType],
  check: (acl) => {
    const managed = managedGroups(acl);
    // WAF inspects at most 64 KB of a body, so only the header gives the size of a larger one.
    const sized = rulesOf(acl).some(
      (rule) =>
        at(rule, "statement", "regexMatchStatement", "fieldToMatch", "singleHeader", "name") === "content-length" &&
        at(rule, "action", "block") !== undefined,
    );
    return unmet({
      ...Object.fromEntries(
        groups.map((name) => [`${name} is missing, or only counts`, managed.get(name)?.blocks === true]),
      ),
      "SizeRestrictions_BODY blocks bodies over 8 KB": isCounted(
        managed.get(groups[0]!)?.statement,
        "SizeRestrictions_BODY",
      ),
      "no size rule of our own, by content-length": sized,
    });
  },
};
