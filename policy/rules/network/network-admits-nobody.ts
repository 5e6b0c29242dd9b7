// Only the API gateways of this program may accept calls from the internet.

import { flaw, type Rule } from "../../queries/rule";
import { areEverywhere, securityGroupTypes, trafficRules } from "./security-groups";

export const networkAdmitsNobody: Rule = {
  name: "network-admits-nobody",
  says: "No security group admits traffic from everywhere.",
  types: securityGroupTypes,
  check: (resource) => {
    const rules = trafficRules(resource, "ingress");
    if (rules === undefined && resource.type !== securityGroupTypes[0]) return undefined;
    return areEverywhere(rules ?? []) ? [flaw("ingress from the internet, or a large part of it")] : [];
  },
};
