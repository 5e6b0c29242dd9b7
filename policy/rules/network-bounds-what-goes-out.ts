// A function that was taken over sends what it knows wherever it may: a group without egress rules lets everything out.

import { flaw, type Rule } from "../rule";
import { securityGroupTypes, trafficRules } from "../security-groups";

export const networkBoundsWhatGoesOut: Rule = {
  name: "network-bounds-what-goes-out",
  says: "A security group says what may go out, and never everything to everywhere.",
  types: securityGroupTypes,
  check: (resource) => {
    const rules = trafficRules(resource, "egress");
    const isGroup = resource.type === securityGroupTypes[0];
    if (rules === undefined) return isGroup ? [flaw("egress is not set: AWS then allows everything")] : undefined;
    return rules.some(({ protocol, everywhere }) => everywhere && ["-1", "all"].includes(protocol))
      ? [flaw("egress of every protocol to everywhere")]
      : [];
  },
};
