// What the roles of SageMaker's jobs and endpoints have in common: who assumes them, the image they pull, and their network.

import { type Allowed, serviceTrust } from "./policy-statements";
import type { Location } from "./location";

/**
 * Only SageMaker may assume the role, and only for this account: another account's job cannot use it (confused deputy).
 */
export function sagemakerTrust({ account }: Location): object {
  return serviceTrust("sagemaker", { StringEquals: { "aws:SourceAccount": account } });
}

/** Pulls the images of one repository. */
export function imageStatements(repositoryArn: string): Allowed[] {
  return [
    {
      Sid: "Image",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: repositoryArn,
    },
    // ECR supports no resource-level permissions for this action.
    { Sid: "Registry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
  ];
}

/** Volumes encrypted with a key. */
export function volumeStatement(keyArn: string): object {
  return {
    Sid: "Volumes",
    Effect: "Allow",
    Action: "kms:CreateGrant",
    Resource: keyArn,
    // Only grants to AWS services: here, to the volumes of instances.
    Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
  };
}

/**
 * Network interfaces in the VPC, without restriction of resources or conditions: SageMaker checks the role before it
 * starts an instance, and refuses a narrower one. The isolated container has no credentials to use them with.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (private VPC)
 */
export const interfaceStatements: readonly Allowed[] = [
  {
    Sid: "Network",
    Effect: "Allow",
    Action: [
      "ec2:CreateNetworkInterface",
      "ec2:CreateNetworkInterfacePermission",
      "ec2:DeleteNetworkInterface",
      "ec2:DeleteNetworkInterfacePermission",
      "ec2:DescribeDhcpOptions",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ],
    Resource: "*",
  },
];
