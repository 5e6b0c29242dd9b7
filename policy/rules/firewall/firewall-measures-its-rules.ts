// Without a metric, nobody notices a rule that blocks legitimate callers, or one that never matches.

import { at } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import { rulesOf, webAclType } from "./web-acls";

export const firewallMeasuresItsRules: Rule = {
  name: "firewall-measures-its-rules",
  description: "Every rule of a web ACL has a metric.",
  severity: "medium",
  controls: ["WAF.12"],
  types: [webAclType],
  check: (acl) =>
    [acl.inputs, ...rulesOf(acl)]
      .filter((rule) => at(rule, "visibilityConfig", "cloudwatchMetricsEnabled") !== true)
      .map((rule, index) => violation("cloudwatchMetricsEnabled is not true", String(at(rule, "name") ?? index))),
};
