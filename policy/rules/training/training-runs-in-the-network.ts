// In the program's VPC, endpoints limit where training data can go, and the flow log shows where it went.

import { pipelineType, type Step, stepsOf } from "./pipelines";
import { at, texts } from "../../queries/read";
import { violation, type Violation, type Rule } from "../../queries/rule";
import type { View } from "../../queries/view";

export const trainingRunsInTheNetwork: Rule = {
  name: "training-runs-in-the-network",
  description:
    "Where there is a VPC, each training and processing step runs in its subnets without a route out, and in the program's own security groups.",
  severity: "medium",
  controls: ["API7"],
  types: [pipelineType],
  check: (pipeline, view) => {
    const jobs = stepsOf(pipeline, view).filter(({ type }) => type === "Training" || type === "Processing");
    if (jobs.length === 0 || view.ofType("aws:ec2/vpc:Vpc").length === 0) return undefined;
    return jobs.flatMap((step) => violations(step, view));
  },
};

function violations({ name, type, arguments: args }: Step, view: View): Violation[] {
  const config = at(type === "Training" ? args : args.NetworkConfig, "VpcConfig");
  const [subnets, groups] = [texts(at(config, "Subnets")), texts(at(config, "SecurityGroupIds"))];
  const strange = (ids: readonly string[], of: string) =>
    ids.some((id) => !view.ofType(of).some((one) => one.id === id));
  return [
    ...(subnets.length === 0 ? [violation("VpcConfig names no subnets", name)] : []),
    ...(groups.length === 0 ? [violation("VpcConfig names no security groups", name)] : []),
    ...(strange(subnets, "aws:ec2/subnet:Subnet") ? [violation("a subnet is not of this program", name)] : []),
    ...(strange(groups, "aws:ec2/securityGroup:SecurityGroup")
      ? [violation("a group is not of this program", name)]
      : []),
    ...(subnets.some((id) => leadsOut(id, view)) ? [violation("a route leads out of a subnet", name)] : []),
  ];
}

/** Whether the subnet's route table has Route resources, which lead out: VPC endpoints add their routes themselves. */
function leadsOut(subnet: string, view: View): boolean {
  const tables = view
    .ofType("aws:ec2/routeTableAssociation:RouteTableAssociation")
    .filter(({ inputs }) => inputs.subnetId === subnet)
    .map(({ inputs }) => inputs.routeTableId);
  // A subnet without an associated table uses the VPC's main table, which is not in the graph: it may lead out.
  return (
    tables.length === 0 || view.ofType("aws:ec2/route:Route").some(({ inputs }) => tables.includes(inputs.routeTableId))
  );
}
