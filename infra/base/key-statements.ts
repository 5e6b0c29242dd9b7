// Statements that the policies of this stack's KMS keys share. Pure.

import { arn, logsPrincipal, type Location } from "./location";

/** Delegates all permissions on the key to the account's IAM policies: without it nobody could ever change the key. */
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
 * CloudWatch Logs may use the key only for these log groups.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 * @param groups ARNs of log groups, or patterns of them
 */
export function logsMayEncrypt({ region }: Location, groups: string | readonly string[]): object {
  return {
    Sid: "Logs",
    Effect: "Allow",
    Principal: { Service: logsPrincipal(region) },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": groups } },
  };
}

/** CloudWatch alarms of this account may use the key, for encrypted topics that they publish to. */
export function alarmsMayPublish({ account }: Location): object {
  return {
    Sid: "Alarms",
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  };
}

/**
 * EventBridge rules may use the key, for topics of this account. A condition on their source never matches here, and a
 * message that the key is denied for is lost without an error; so the condition is on the topic, which SNS itself puts
 * into the encryption context.
 * Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html (EventBridge-to-encrypted topics),
 * https://docs.aws.amazon.com/gamelift/latest/flexmatchguide/queue-notification-sns-sse.html (encryption context)
 */
export function rulesMayPublish(location: Location): object {
  return {
    Sid: "Rules",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
    Resource: "*",
    Condition: { ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": arn(location, "sns", "*") } },
  };
}
