// A single address must not exhaust the capacity that all share, or try keys by brute force.

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
