// Only the API gateways of this program may accept calls from the internet.

import { flaw, type Rule } from "../rule";
import { securityGroupTypes, trafficRules } from "../security-groups";

export const networkAdmitsNobody: Rule = {
  name: "network-admits-nobody",
  says: "No security group admits traffic from everywhere.",
  types: securityGroupTypes,
  check: (resource) => {
    const rules = trafficRules(resource, "ingress");
    if (rules === undefined && resource.type !== securityGroupTypes[0]) return undefined;
    return rules?.some(({ everywhere }) => everywhere) === true ? [flaw("ingress from 0.0.0.0/0 or ::/0")] : [];
  },
};
