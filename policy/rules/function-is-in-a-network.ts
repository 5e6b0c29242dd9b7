// In subnets of ours, what a function may reach is bounded by security groups and routes.

import { functionType } from "../functions";
import { at, list } from "../read";
import { type Rule, unmet } from "../rule";

export const functionIsInANetwork: Rule = {
  name: "function-is-in-a-network",
  says: "A function runs in subnets of a VPC.",
  types: [functionType],
  check: ({ inputs }) =>
    unmet({ "vpcConfig.subnetIds is empty": list(at(inputs, "vpcConfig", "subnetIds")).length > 0 }),
};
