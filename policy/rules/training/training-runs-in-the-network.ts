// In the program's VPC, endpoints limit where training data can go, and the flow log shows where it went.

import { pipelineType, type Step, stepsOf } from "./pipelines";
import { strayFrom } from "./private-subnets";
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
  return [
    ...(subnets.length === 0 ? [violation("VpcConfig names no subnets", name)] : []),
    ...(groups.length === 0 ? [violation("VpcConfig names no security groups", name)] : []),
    ...strayFrom({ subnets, groups }, view, name),
  ];
}
