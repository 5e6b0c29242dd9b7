// What is started in such a subnet is reachable from the internet, as far as its security groups let it.

import { type Rule, unmet } from "../../queries/rule";

export const subnetGivesNoPublicAddress: Rule = {
  name: "subnet-gives-no-public-address",
  description: "A subnet gives no public address to what is started in it.",
  severity: "medium",
  controls: ["EC2.15"],
  types: ["aws:ec2/subnet:Subnet"],
  check: ({ inputs }) =>
    unmet({
      "mapPublicIpOnLaunch is true": inputs.mapPublicIpOnLaunch !== true,
      "assignIpv6AddressOnCreation is true": inputs.assignIpv6AddressOnCreation !== true,
    }),
};
