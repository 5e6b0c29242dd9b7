// A web ACL without rules protects nothing, although an audit lists it as protection.

import { type Rule, unmet } from "../../queries/rule";
import { rulesOf, webAclType } from "./web-acls";

export const firewallHasRules: Rule = {
  name: "firewall-has-rules",
  description: "A web ACL has rules.",
  severity: "medium",
  controls: ["WAF.10"],
  types: [webAclType],
  check: (acl) => unmet({ "rules is empty": rulesOf(acl).length > 0 }),
};
