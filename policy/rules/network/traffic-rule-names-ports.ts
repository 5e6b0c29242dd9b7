// A rule for all ports lets in, or out, whatever else listens there.

import { type Rule, violation } from "../../queries/rule";
import { securityGroupTypes, trafficRules } from "./security-groups";

/** A service that needs more ports than this has a rule for each of them, or an exception. */
const most = 100;

export const trafficRuleNamesPorts: Rule = {
  name: "traffic-rule-names-ports",
  description: "Each rule of a security group is for one protocol and at most 100 ports.",
  severity: "medium",
  controls: ["OWN.SgEgress", "EC2.13/18/19"],
  types: securityGroupTypes,
  check: (resource) => {
    const rules = (["ingress", "egress"] as const).flatMap((direction) =>
      (trafficRules(resource, direction) ?? []).map((rule) => ({ ...rule, direction })),
    );
    if (rules.length === 0) return undefined;
    return rules
      .filter(({ protocol, ports }) => /^(tcp|udp|6|17|-1|all|)$/.test(protocol) && !(ports[1] - ports[0] < most))
      .map(({ direction }) => violation("a rule is for more than 100 ports", direction));
  },
};
