// Only the flow log shows which traffic was refused and where other traffic went.

import { violation, type Rule } from "../../queries/rule";

export const networkLogsItsFlows: Rule = {
  name: "network-logs-its-flows",
  description: "A VPC logs its flows, accepted and refused.",
  severity: "medium",
  controls: ["EC2.6"],
  types: ["aws:ec2/vpc:Vpc"],
  check: (vpc, view) => {
    const logs = view.pointingAt(vpc, "aws:ec2/flowLog:FlowLog", "vpcId");
    return logs.some(({ inputs }) => inputs.trafficType === "ALL")
      ? []
      : [violation("no FlowLog of all traffic names the VPC")];
  },
};
