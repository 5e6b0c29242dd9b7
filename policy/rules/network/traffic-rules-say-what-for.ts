// Who reviews a firewall's rules must know why each is there: a rule that nobody can explain is never removed.

import { violation, type Rule } from "../../queries/rule";
import { securityGroupTypes, trafficRules } from "./security-groups";
import { text } from "../../queries/read";

export const trafficRulesSayWhatFor: Rule = {
  name: "traffic-rules-say-what-for",
  description: "A security group and each of its rules have a description.",
  severity: "low",
  controls: ["OWN.SgDescription"],
  types: securityGroupTypes,
  check: (resource) => {
    const described = text(resource.inputs.description);
    // The provider's own text for a group without one.
    const isGroup = resource.type === securityGroupTypes[0];
    const group =
      isGroup && (described === "" || described === "Managed by Pulumi") ? [violation("it has no description")] : [];
    const rules = (["ingress", "egress"] as const).flatMap((direction) =>
      (trafficRules(resource, direction) ?? [])
        .filter(({ description }) => description === "")
        .map(() => violation(`a rule has no description`, direction)),
    );
    return [...group, ...rules];
  },
};
