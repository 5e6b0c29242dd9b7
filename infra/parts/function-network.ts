// Where in a network a function runs, and what its role needs so that Lambda can attach it there.

import type * as pulumi from "@pulumi/pulumi";

export interface FunctionNetwork {
  /** In two zones. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Bounds what it can reach. */
  readonly securityGroupId: pulumi.Input<string>;
}

const attach = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];

/**
 * Lambda makes and removes the function's network interfaces with the function's own role, and checks beforehand that it may,
 * on all resources. The code itself may not: whoever takes it over must not attach it elsewhere.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html (required IAM permissions)
 */
export function networkStatements(functionArn: string): object[] {
  return [
    { Sid: "Network", Effect: "Allow", Action: attach, Resource: "*" },
    {
      Sid: "NetworkNotByItsCode",
      Effect: "Deny",
      Action: [...attach, "ec2:DetachNetworkInterface"],
      Resource: "*",
      Condition: { ArnEquals: { "lambda:SourceFunctionArn": functionArn } },
    },
  ];
}
