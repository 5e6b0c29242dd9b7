// AWS keeps these two managed groups up to date; in count mode they block nothing, and what an earlier rule lets pass
// they never see. The common group's limit of 8 KB on bodies would block every tensor, so that one rule must count
// (rule `firewall-bounds-bodies` demands one in its place).

import { at, list, text } from "../../queries/read";
import { violation, type Violation, type Rule, unmet } from "../../queries/rule";
import { isSet, managedGroups, rulesOf, webAclType } from "./web-acls";

const tensors = "SizeRestrictions_BODY";

/** The managed groups, and the rules of each that may count; infra/firewall/firewall-rules.ts says why of each rule. */
const groups: Readonly<Record<string, readonly string[]>> = {
  AWSManagedRulesCommonRuleSet: [
    tensors,
    "CrossSiteScripting_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "EC2MetaDataSSRF_BODY",
    "NoUserAgent_HEADER",
  ],
  AWSManagedRulesKnownBadInputsRuleSet: [],
};

export const firewallBlocksKnownAttacks: Rule = {
  name: "firewall-blocks-known-attacks",
  description: "A web ACL blocks by AWS's common and known-bad-inputs groups, and no rule lets a request past them.",
  severity: "medium",
  controls: ["OWN.WafManaged"],
  types: [webAclType],
  check: (acl) => {
    const managed = managedGroups(acl);
    const passing = rulesOf(acl).filter(
      (rule) =>
        !isSet(rule, "action", "block") &&
        !isSet(rule, "action", "count") &&
        !isSet(rule, "statement", "managedRuleGroupStatement"),
    );
    return [
      ...passing.map((rule) => violation("a rule neither blocks nor counts: it may let pass", text(at(rule, "name")))),
      ...Object.entries(groups).flatMap(([name, mayCount]) => {
        const group = managed.get(name);
        return group?.blocks === true
          ? weakened(group.statement, mayCount)
          : [violation("a group is missing, or only counts", name)];
      }),
      ...unmet({
        [`${tensors} blocks bodies over 8 KB`]: [...managed.values()].some(({ statement }) =>
          overridesOf(statement).some((override) => counts(override) && at(override, "name") === tensors),
        ),
      }),
    ];
  },
};

/** What a group's statement takes away from the group. */
function weakened(statement: unknown, mayCount: readonly string[]): Violation[] {
  return [
    ...unmet({ "a scopeDownStatement exempts requests": !isSet(statement, "scopeDownStatement") }),
    ...overridesOf(statement)
      .filter((override) => !isSet(override, "actionToUse", "block"))
      .filter((override) => !(counts(override) && mayCount.includes(text(at(override, "name")))))
      .map((override) => violation("a rule of the group does not block", text(at(override, "name")))),
  ];
}

function overridesOf(statement: unknown): readonly unknown[] {
  return list(at(statement, "ruleActionOverrides"));
}

function counts(override: unknown): boolean {
  return isSet(override, "actionToUse", "count");
}
