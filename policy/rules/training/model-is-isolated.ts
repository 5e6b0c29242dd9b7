// A model's container may run code that was shipped with the model, and sees every request.

import { at, texts } from "../../queries/read";
import { type Rule, unmet, violation } from "../../queries/rule";
import { modelType } from "../../queries/hosting";
import { strayFrom } from "./private-subnets";

export const modelIsIsolated: Rule = {
  name: "model-is-isolated",
  description:
    "A SageMaker model runs without a network of its own, in two subnets of a VPC; where the program makes one, in its subnets without a route out and its own security groups.",
  severity: "medium",
  controls: ["SageMaker.5", "API7"],
  types: [modelType],
  check: ({ inputs }, view) => {
    const subnets = texts(at(inputs, "vpcConfig", "subnets"));
    const groups = texts(at(inputs, "vpcConfig", "securityGroupIds"));
    const ours = view.ofType("aws:ec2/vpc:Vpc").length > 0;
    return [
      ...unmet({ "enableNetworkIsolation is not true": inputs.enableNetworkIsolation === true }),
      ...(subnets.length < 2 ? [violation("vpcConfig.subnets are fewer than two", "vpcConfig")] : []),
      ...(groups.length === 0 ? [violation("vpcConfig.securityGroupIds is empty", "vpcConfig")] : []),
      ...(ours ? strayFrom({ subnets, groups }, view, "vpcConfig") : []),
    ];
  },
};
