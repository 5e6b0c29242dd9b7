// A compromised function can send its data to every address that it can reach.

import { violation, type Rule } from "../../queries/rule";
import { areEverywhere, securityGroupTypes, trafficRules } from "./security-groups";

export const networkBoundsWhatGoesOut: Rule = {
  name: "network-bounds-what-goes-out",
  description: "A security group limits outbound traffic, and never allows everything to everywhere.",
  severity: "low",
  controls: ["OWN.SgEgress", "API7"],
  types: securityGroupTypes,
  check: (resource, view) => {
    const rules = trafficRules(resource, "egress");
    if (rules === undefined && resource.type !== securityGroupTypes[0]) return undefined;
    if (rules === undefined) {
      const apart = securityGroupTypes.flatMap((type) => view.pointingAt(resource, type, "securityGroupId"));
      return apart.some((rule) => trafficRules(rule, "egress") !== undefined) ? [] : [violation("egress is not set")];
    }
    return areEverywhere(rules.filter(({ protocol }) => ["-1", "all"].includes(protocol)))
      ? [violation("egress of every protocol to everywhere")]
      : [];
  },
};
