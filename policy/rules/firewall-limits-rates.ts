// One address must not use up what all share, nor try every key.

import { at } from "../read";
import { type Rule, unmet } from "../rule";
import { rulesOf, webAclType } from "../web-acls";

export const firewallLimitsRates: Rule = {
  name: "firewall-limits-rates",
  says: "A web ACL blocks callers that exceed a request rate.",
  types: [webAclType],
  check: (acl) =>
    unmet({
      "no rule with a rateBasedStatement that blocks": rulesOf(acl).some(
        (rule) =>
          at(rule, "statement", "rateBasedStatement") !== undefined && at(rule, "action", "block") !== undefined,
      ),
    }),
};
