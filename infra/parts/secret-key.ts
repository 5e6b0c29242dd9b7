// The KMS key of the secret's region: encrypts the secret, and what rotates and watches it. Apart from the API's key because
// a key serves one region. Guarantees: rotated yearly, 30 days to undo a deletion, logs only of this stack.

import { Alias, Key } from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";
import { administration, logsMayEncrypt } from "./key-statements";
import { arn, type Location } from "./location";

export interface SecretKeyArgs {
  readonly location: Location;
}

export class SecretKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { location }: SecretKeyArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:SecretKey", name, {}, options);
    const key = new Key(
      `${name}-key`,
      {
        description: `${location.prefix}: the API key's secret, its rotation and its alarms`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: JSON.stringify(secretKeyPolicy(location)),
      },
      { parent: this },
    );
    new Alias(`${name}-alias`, { name: `alias/${location.prefix}-secrets`, targetKeyId: key.keyId }, { parent: this });
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/**
 * Administration stays with the account, whose IAM policies decide who may decrypt (the secret's own policy decides on top
 * who may read it); logs of this stack alone; and what publishes alarms to the encrypted topic, from this account.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html,
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html (event sources)
 */
export function secretKeyPolicy(location: Location): object {
  return {
    Version: "2012-10-17",
    Statement: [
      administration(location),
      logsMayEncrypt(location, arn(location, "logs", `log-group:/aws/lambda/${location.prefix}-*`)),
      {
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
