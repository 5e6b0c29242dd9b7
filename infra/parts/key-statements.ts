// What the policies of this stack's KMS keys have in common. Pure.

import type { Location } from "./location";

/** Administration stays with the account, whose IAM policies decide further: without it nobody could ever change the key. */
export function administration({ partition, account }: Location): object {
  return {
    Sid: "Administration",
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}

/**
 * CloudWatch Logs may use the key for these log groups alone.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 * @param groups their ARNs, or patterns of them
 */
export function logsMayEncrypt({ region }: Location, groups: string | readonly string[]): object {
  return {
    Sid: "Logs",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": groups } },
  };
}

/**
 * What publishes alarms to a topic that the key encrypts, from this account.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html (event sources)
 */
export function alarmsMayPublish({ account }: Location): object {
  return {
    Sid: "Alarms",
    Effect: "Allow",
    Principal: { Service: ["cloudwatch.amazonaws.com", "events.amazonaws.com"] },
    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  };
}
