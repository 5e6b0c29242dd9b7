// The stack's own KMS key: encrypts code, environments, published models, logs and the alarm topic. Separate from its
// users because they all share it, and its policy must name them. Guarantees: CloudWatch Logs uses it only for this
// stack's log groups and API Gateway's execution logs; alarms only of this account; EventBridge only for its topics.

import { Alias, Key } from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";
import { endpointLogs } from "./endpoint-name";
import { arn, type Location, logsPrincipal } from "./location";

export interface EncryptionArgs {
  readonly location: Location;
}

export class Encryption extends pulumi.ComponentResource {
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, { location }: EncryptionArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Encryption", name, {}, options);
    const description = `${location.prefix}: code, environments and logs`;
    const statements = [
      administration(location),
      logsMayEncrypt(location, logGroups(location)),
      alarmsMayPublish(location),
      rulesMayPublish(location),
    ];
    this.keyArn = stackKey(name, { alias: location.prefix, description, statements }, { parent: this });
    this.registerOutputs({ keyArn: this.keyArn });
  }
}

/** ARN patterns of this stack's log groups. */
function logGroups(location: Location): string[] {
  const { prefix } = location;
  return [
    arn(location, "logs", `log-group:/aws/lambda/${prefix}-*`),
    arn(location, "logs", `log-group:/aws/apigateway/${prefix}-*`),
    arn(location, "logs", `log-group:/aws/vendedlogs/apigateway/${prefix}-*`),
    arn(location, "logs", `log-group:aws-waf-logs-${prefix}`),
    arn(location, "logs", `log-group:/aws/vpc/${prefix}`),
    arn(location, "logs", `log-group:${endpointLogs}/${prefix.toLowerCase()}-*`),
    // API Gateway names execution logs after the API's id, which is not known beforehand: this matches every REST API.
    arn(location, "logs", "log-group:API-Gateway-Execution-Logs_*"),
  ];
}

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

interface StackKeyArgs {
  /** Alias, without `alias/`. */
  readonly alias: string;
  /** What it encrypts, as shown in the account. */
  readonly description: string;
  /** Statements of its policy; without one for its administration nobody could ever change the key. */
  readonly statements: readonly object[];
}

/**
 * Creates a KMS key of the stack; its keys differ only in their policies: yearly rotation, 30 days in which a deletion can
 * be cancelled, and an alias to find it by.
 * @returns the key's ARN
 */
export function stackKey(name: string, args: StackKeyArgs, child: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const key = new Key(
    `${name}-key`,
    {
      description: args.description,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: args.statements }),
    },
    child,
  );
  new Alias(`${name}-alias`, { name: `alias/${args.alias}`, targetKeyId: key.keyId }, child);
  return key.arn;
}
