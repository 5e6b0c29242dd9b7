// VPC placement of a function, and the permissions that its role needs so that Lambda can attach it.

import type * as pulumi from "@pulumi/pulumi";

export interface FunctionNetwork {
  /** Subnets in two zones. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Limits what the function can reach. */
  readonly securityGroupId: pulumi.Input<string>;
  /**
   * The network's default group, which allows nothing. Before the function is deleted it takes the place of the
   * function's own group, which can then be deleted without waiting up to 45 minutes for the function's interfaces.
   * Source: https://www.pulumi.com/registry/packages/aws/api-docs/lambda/function/ (replacementSecurityGroupIds)
   */
  readonly closedGroupId: pulumi.Input<string>;
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
 * Lambda creates and deletes the function's network interfaces with the function's own role, and checks in advance that
 * the role may do so on all resources. It deletes them some time after the function has left the VPC: so every function
 * that a setting can put into a network has these statements always. Taken away with the setting, the interfaces would
 * stay, and neither the security group nor the subnets could be deleted. The function's code may not: an attacker who takes it over must not attach it
 * elsewhere.
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

/** The arguments that place a function, and those that free its security group before it is deleted. */
export function vpcArguments({ subnetIds, securityGroupId, closedGroupId }: FunctionNetwork) {
  return {
    vpcConfig: { subnetIds, securityGroupIds: [securityGroupId] },
    replaceSecurityGroupsOnDestroy: true,
    replacementSecurityGroupIds: [closedGroupId],
  };
}
