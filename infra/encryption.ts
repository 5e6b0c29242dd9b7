// The stack's own key: encrypts code, environments, logs and the topic of the alarms. Apart from its users because they all share it, and its
// policy must name them. Guarantees: rotated yearly, 30 days to undo a deletion, logs only of this stack.

import { Alias, Key } from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";
import { administration, logsMayEncrypt } from "./parts/key-statements";
import { arn, type Location } from "./parts/location";

export interface EncryptionArgs {
  readonly location: Location;
}

export class Encryption extends pulumi.ComponentResource {
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, { location }: EncryptionArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Encryption", name, {}, options);
    const key = new Key(
      `${name}-key`,
      {
        description: `${location.prefix}: code, environments and logs`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: JSON.stringify(keyPolicy(location)),
      },
      { parent: this },
    );
    new Alias(`${name}-alias`, { name: `alias/${location.prefix}`, targetKeyId: key.keyId }, { parent: this });
    this.keyArn = key.arn;
    this.registerOutputs({ keyArn: this.keyArn });
  }
}

/**
 * Administration stays with the account (without it nobody could ever change the key), and CloudWatch Logs may use the
 * key for this stack's log groups alone.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function keyPolicy(location: Location): object {
  return {
    Version: "2012-10-17",
    Statement: [
      administration(location),
      logsMayEncrypt(location, [
        arn(location, "logs", `log-group:/aws/lambda/${location.prefix}-*`),
        arn(location, "logs", `log-group:/aws/apigateway/${location.prefix}-*`),
        arn(location, "logs", `log-group:aws-waf-logs-${location.prefix}`),
        arn(location, "logs", `log-group:/aws/vpc/${location.prefix}`),
        // API Gateway names its execution logs after the API's id, which is not known beforehand.
        arn(location, "logs", "log-group:API-Gateway-Execution-Logs_*"),
      ]),
      {
        // The topic of the alarms is encrypted: whoever publishes to it uses the key.
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: ["cloudwatch.amazonaws.com", "events.amazonaws.com"] },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": location.account } },
      },
    ],
  };
}
