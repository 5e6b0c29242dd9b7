// AWS assigns the default group to everything that is started without a security group.

import { list } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

export const defaultSecurityGroupIsClosed: Rule = {
  name: "default-security-group-is-closed",
  description: "A VPC's default security group lets nothing in or out.",
  severity: "high",
  controls: ["EC2.2"],
  types: ["aws:ec2/vpc:Vpc"],
  check: (vpc, view) => {
    const groups = view.pointingAt(vpc, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpcId");
    if (groups.length === 0) return [violation("no DefaultSecurityGroup of the VPC")];
    return groups.some(({ inputs }) => list(inputs.ingress).length + list(inputs.egress).length > 0)
      ? [violation("ingress or egress is not empty")]
      : [];
  },
};
