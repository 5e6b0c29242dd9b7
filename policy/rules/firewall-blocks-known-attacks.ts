// AWS keeps these two groups current; counted, they only watch. The common group's 8 KB for a body would block every
// tensor: that one rule counts, and a size rule of ours takes its place.

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
    // Of a body a firewall sees 64 KB at most: a size statement on it is deaf above. The header tells the whole length.
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
