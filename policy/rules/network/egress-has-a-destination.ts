// Data leaves by HTTPS as well as by anything else: who may call every address can send everything there.

import { type Rule, violation } from "../../queries/rule";
import { areEverywhere, securityGroupTypes, trafficRules } from "./security-groups";

export const egressHasADestination: Rule = {
  name: "egress-has-a-destination",
  description: "Outbound rules of a security group name where to: networks, prefix lists or groups, not the internet.",
  severity: "low",
  controls: ["OWN.SgEgress", "API7"],
  types: securityGroupTypes,
  check: (resource) => {
    const rules = trafficRules(resource, "egress");
    if (rules === undefined) return undefined;
    return areEverywhere(rules) ? [violation("egress to everywhere")] : [];
  },
};
