// VPC endpoints, subnets' public addresses, and the ports and destinations of security groups.

import { a, but, type Cases, policy } from "../a-graph";

const ours = { StringEquals: { "aws:PrincipalAccount": "123456789012" } };
const endpoint = (more: object) => [
  a("aws:iam/role:Role", "role"),
  a("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", {
    policy: policy({
      Effect: "Allow",
      Principal: "*",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: "arn:aws:s3:::data/*",
      Condition: ours,
      ...more,
    }),
  }),
];
const metrics = { Action: "cloudwatch:PutMetricData", Resource: "*" };
const subnet = a("aws:ec2/subnet:Subnet", "subnet");
const group = (direction: "ingress" | "egress", rule: object) => [
  a("aws:ec2/securityGroup:SecurityGroup", "group", {
    description: "functions",
    [direction]: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/16"], ...rule }],
  }),
];

export const endpoints: Cases = {
  "endpoint-policy-is-narrow": {
    good: {
      "some objects of this account's": endpoint({}),
      "metrics of a namespace": endpoint({
        ...metrics,
        Condition: { StringEquals: { ...ours.StringEquals, "cloudwatch:namespace": "/aws/sagemaker/TrainingJobs" } },
      }),
      "a named role": endpoint({ Principal: { AWS: "arn:aws:iam::123456789012:role/jobs" }, Condition: undefined }),
    },
    bad: {
      none: [a("aws:ec2/vpcEndpoint:VpcEndpoint", "s3")],
      everything: endpoint({ Action: "*" }),
      "everything of a service": endpoint({ Action: "s3:*" }),
      "every bucket": endpoint({ Resource: "*" }),
      "all but one": endpoint({ Action: undefined, NotAction: "s3:DeleteObject" }),
      "any account": endpoint({ Condition: undefined }),
      "another account": endpoint({ Condition: { StringEquals: { "aws:PrincipalAccount": "999999999999" } } }),
      "an account like any": endpoint({ Condition: { StringLike: { "aws:PrincipalAccount": "*" } } }),
      "metrics of any namespace": endpoint(metrics),
    },
  },
  "subnet-gives-no-public-address": {
    good: { "AWS's default": [subnet], no: [but(subnet, { mapPublicIpOnLaunch: false })] },
    bad: {
      yes: [but(subnet, { mapPublicIpOnLaunch: true })],
      "of IPv6": [but(subnet, { assignIpv6AddressOnCreation: true })],
    },
  },
  "traffic-rule-names-ports": {
    good: { one: group("ingress", {}), "a few": group("egress", { fromPort: 8000, toPort: 8099 }) },
    bad: {
      all: group("ingress", { fromPort: 0, toPort: 65_535 }),
      "none named": group("egress", { fromPort: undefined, toPort: undefined }),
      "every protocol": group("egress", { protocol: "-1", fromPort: undefined }),
      "by a rule apart": [
        a("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "rule", {
          ipProtocol: "tcp",
          fromPort: 1,
          toPort: 200,
        }),
      ],
    },
  },
  "egress-has-a-destination": {
    good: {
      "a network": group("egress", {}),
      "a prefix list": group("egress", { cidrBlocks: undefined, prefixListIds: ["pl-1"] }),
    },
    bad: {
      everywhere: group("egress", { cidrBlocks: ["0.0.0.0/0"] }),
      "everywhere over IPv6": group("egress", { ipv6CidrBlocks: ["::/0"] }),
      "by a rule apart": [
        a("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "rule", {
          ipProtocol: "tcp",
          cidrIpv4: "0.0.0.0/0",
        }),
      ],
    },
  },
};
