// Only the API gateways of this program may accept calls from the internet.

import { violation, type Rule } from "../../queries/rule";
import { areEverywhere, securityGroupTypes, trafficRules } from "./security-groups";

export const networkAdmitsNobody: Rule = {
  name: "network-admits-nobody",
  description: "No security group admits traffic from everywhere.",
  severity: "high",
  controls: ["EC2.13/18/19"],
  types: securityGroupTypes,
  check: (resource) => {
    const rules = trafficRules(resource, "ingress");
    if (rules === undefined && resource.type !== securityGroupTypes[0]) return undefined;
    return areEverywhere(rules ?? []) ? [violation("ingress from the internet, or a large part of it")] : [];
  },
};
