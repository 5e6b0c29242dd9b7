// In the program's subnets, security groups and routes limit what a function can reach.

import { functionType } from "../../queries/lambda-functions";
import { at, list } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const functionIsInANetwork: Rule = {
  name: "function-is-in-a-network",
  description: "A function runs in subnets of a VPC.",
  severity: "low",
  controls: ["Lambda.3", "API7"],
  types: [functionType],
  check: ({ inputs }) =>
    unmet({ "vpcConfig.subnetIds is empty": list(at(inputs, "vpcConfig", "subnetIds")).length > 0 }),
};
