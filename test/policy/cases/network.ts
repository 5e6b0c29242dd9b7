// VPCs, subnets and security groups.

import { a, but, type Cases } from "../a-graph";

const vpc = a("aws:ec2/vpc:Vpc", "vpc");

const closed = a("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", { vpcId: "vpc" });

const flows = a("aws:ec2/flowLog:FlowLog", "flows", { vpcId: "vpc", trafficType: "ALL" });

const group = a("aws:ec2/securityGroup:SecurityGroup", "group", {
  description: "a function",
  ingress: [{ protocol: "tcp", cidrBlocks: ["10.0.0.0/16"], description: "callers" }],
  egress: [{ protocol: "tcp", cidrBlocks: ["0.0.0.0/0"], description: "issuers" }],
});

const rule = (direction: "Ingress" | "Egress", inputs: object) =>
  a(`aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`, "rule", {
    securityGroupId: "group",
    ...inputs,
  });

const subnet = a("aws:ec2/subnet:Subnet", "subnet");

export const network: Cases = {
  "default-security-group-is-closed": {
    good: { empty: [vpc, closed] },
    bad: { "left as it is": [vpc], open: [vpc, but(closed, { ingress: [{ protocol: "-1" }] })] },
  },
  "subnet-lies-in-a-regular-zone": {
    good: {
      "by name": [but(subnet, { availabilityZone: "us-gov-west-1c" })],
      "by id": [but(subnet, { availabilityZoneId: "use1-az1" })],
    },
    bad: {
      "wherever AWS chooses": [subnet],
      "a Local Zone": [but(subnet, { availabilityZone: "us-east-1-bos-1a" })],
      "a Local Zone by id": [but(subnet, { availabilityZoneId: "usw2-lax1-az1" })],
      "a Wavelength Zone": [but(subnet, { availabilityZone: "us-east-1-wl1-bos-wlz-1" })],
      "a zone that Lambda refuses": [but(subnet, { availabilityZoneId: "use1-az3" })],
    },
  },
  "network-logs-its-flows": {
    good: { all: [vpc, flows] },
    bad: { no: [vpc], "only what is accepted": [vpc, but(flows, { trafficType: "ACCEPT" })] },
  },
  "network-admits-nobody": {
    good: {
      "from within": [group],
      "from all private networks": [
        but(group, {
          ingress: [
            {
              protocol: "tcp",
              cidrBlocks: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
              ipv6CidrBlocks: ["fc00::/7"],
            },
          ],
        }),
      ],
    },
    bad: {
      everywhere: [but(group, { ingress: [{ protocol: "tcp", cidrBlocks: ["0.0.0.0/0"] }] })],
      "everywhere over IPv6": [but(group, { ingress: [{ protocol: "tcp", ipv6CidrBlocks: ["::/0"] }] })],
      "from two halves": [but(group, { ingress: [{ protocol: "tcp", cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }] })],
      "from four parts, by a rule each": [
        but(group, {
          ingress: ["0.0.0.0/8", "1.0.0.0/8", "2.0.0.0/8", "3.0.0.0/8"].map((part) => ({
            protocol: "tcp",
            cidrBlocks: [part],
          })),
        }),
      ],
      "from what IPv6 uses": [but(group, { ingress: [{ protocol: "tcp", ipv6CidrBlocks: ["2000::/3"] }] })],
      "from a half, by a rule apart": [rule("Ingress", { cidrIpv4: "128.0.0.0/1", ipProtocol: "tcp" })],
      "by a rule apart": [rule("Ingress", { cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp" })],
      "by an older rule apart": [
        a("aws:ec2/securityGroupRule:SecurityGroupRule", "r", { type: "ingress", cidrBlocks: ["0.0.0.0/0"] }),
      ],
    },
  },
  "network-bounds-what-goes-out": {
    good: {
      "one protocol": [group],
      "by a rule apart": [
        but(group, { egress: undefined }),
        rule("Egress", { cidrIpv4: "10.0.0.0/8", ipProtocol: "tcp" }),
      ],
    },
    bad: {
      "not said": [but(group, { egress: undefined })],
      everything: [but(group, { egress: [{ protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }] })],
      "everything, in two halves": [
        but(group, {
          egress: ["0.0.0.0/1", "128.0.0.0/1"].map((half) => ({ protocol: "-1", cidrBlocks: [half] })),
        }),
      ],
      "by a rule apart": [rule("Egress", { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" })],
    },
  },
  "traffic-rules-say-what-for": {
    good: {
      inline: [group],
      "by a rule apart": [rule("Ingress", { cidrIpv4: "10.0.0.0/8", ipProtocol: "tcp", description: "callers" })],
      "no rules": [but(group, { ingress: [], egress: [] })],
    },
    bad: {
      "the group does not": [but(group, { description: undefined })],
      "the group says the provider's text": [but(group, { description: "Managed by Pulumi" })],
      "a rule in does not": [but(group, { ingress: [{ protocol: "tcp", cidrBlocks: ["10.0.0.0/16"] }] })],
      "a rule out does not": [but(group, { egress: [{ protocol: "tcp", description: "" }] })],
      "a rule apart does not": [rule("Egress", { cidrIpv4: "10.0.0.0/8", ipProtocol: "tcp" })],
    },
  },
};
