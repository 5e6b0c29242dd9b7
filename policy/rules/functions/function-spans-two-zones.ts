// A subnet lies in one availability zone, and a zone can fail.

import { functionType } from "../../queries/lambda-functions";
import { at, list, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const functionSpansTwoZones: Rule = {
  name: "function-spans-two-zones",
  description: "A function in a VPC has subnets in two zones.",
  severity: "medium",
  controls: ["Lambda.5"],
  types: [functionType],
  check: ({ inputs }, view) => {
    const subnets = new Set(list(at(inputs, "vpcConfig", "subnetIds")));
    if (subnets.size === 0) return undefined;
    const known = view.ofType("aws:ec2/subnet:Subnet").filter(({ id }) => subnets.has(id));
    const zones = new Set(known.map((subnet) => text(subnet.inputs.availabilityZone)));
    return unmet({
      "vpcConfig.subnetIds has fewer than two": subnets.size >= 2,
      "vpcConfig.subnetIds are all in one zone": known.length < subnets.size || zones.size >= 2,
    });
  },
};
