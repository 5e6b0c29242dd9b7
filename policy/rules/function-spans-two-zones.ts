// A subnet lies in one availability zone, and a zone can fail.

import { functionType } from "../functions";
import { at, list } from "../read";
import { type Rule, unmet } from "../rule";

export const functionSpansTwoZones: Rule = {
  name: "function-spans-two-zones",
  says: "A function in a VPC has subnets in two zones.",
  types: [functionType],
  check: ({ inputs }) => {
    const subnets = new Set(list(at(inputs, "vpcConfig", "subnetIds")));
    return subnets.size === 0 ? undefined : unmet({ "vpcConfig.subnetIds has fewer than two": subnets.size >= 2 });
  },
};
