// The flow log of a VPC: every connection, accepted and rejected, kept for a year and encrypted. Its role can write
// only to this log group.

import { LogGroup } from "@pulumi/aws/cloudwatch";
import { FlowLog } from "@pulumi/aws/ec2";
import { Role, RolePolicy } from "@pulumi/aws/iam";
import type * as pulumi from "@pulumi/pulumi";
import { arn, type Location } from "../base/location";
import { serviceTrust } from "../base/policy-statements";

export interface FlowLogArgs {
  readonly location: Location;
  /** KMS key of the log. */
  readonly keyArn: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
}

export function flowLog(name: string, { location, keyArn, vpcId }: FlowLogArgs, parent: pulumi.Resource): FlowLog {
  const child = { parent };
  const group = `/aws/vpc/${location.prefix}`;
  const log = new LogGroup(`${name}-flows`, { name: group, retentionInDays: 365, kmsKeyId: keyArn }, child);
  const role = new Role(`${name}-flow-role`, { assumeRolePolicy: JSON.stringify(flowTrust(location)) }, child);
  const policy = new RolePolicy(
    `${name}-flow-policy`,
    { role: role.name, policy: JSON.stringify(flowPolicy(location, group)) },
    child,
  );
  return new FlowLog(
    `${name}-flow-log`,
    {
      vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: log.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
    },
    { ...child, dependsOn: [policy] },
  );
}

/**
 * Only flow logs of this account may assume the role.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export function flowTrust(location: Location): object {
  return serviceTrust("vpc-flow-logs", {
    StringEquals: { "aws:SourceAccount": location.account },
    ArnLike: { "aws:SourceArn": arn(location, "ec2", "vpc-flow-log/*") },
  });
}

/**
 * The five actions that AWS names as the least; delivery fails if one is missing. Four of them are about this log group
 * alone; the fifth lists groups, and IAM cannot limit it to one.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export function flowPolicy(location: Location, group: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "FlowLog",
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: arn(location, "logs", `log-group:${group}:*`),
      },
      {
        Sid: "LogGroups",
        Effect: "Allow",
        Action: "logs:DescribeLogGroups",
        Resource: arn(location, "logs", "log-group:*"),
      },
    ],
  };
}
