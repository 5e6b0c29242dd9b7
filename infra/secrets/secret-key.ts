// The KMS key of the secrets' region: encrypts the secrets, and the code, logs and alarms of their rotation. Separate
// from the stack's key because a key serves one region. Guarantees: CloudWatch Logs uses it only for this stack's log
// groups, alarms only of this account, EventBridge only for its topics. Who may decrypt is up to IAM policies; the
// secret's own policy decides in addition who may read it.

import * as pulumi from "@pulumi/pulumi";
import { administration, alarmsMayPublish, logsMayEncrypt, rulesMayPublish } from "../base/key-statements";
import { arn, type Location } from "../base/location";
import { stackKey } from "../base/stack-key";

export interface SecretKeyArgs {
  readonly location: Location;
}

export class SecretKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { location }: SecretKeyArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:SecretKey", name, {}, options);
    const { prefix } = location;
    const logs = arn(location, "logs", `log-group:/aws/lambda/${prefix}-*`);
    this.arn = stackKey(
      name,
      {
        alias: `${prefix}-secrets`,
        description: `${prefix}: the API key's secret, its rotation and its alarms`,
        statements: [
          administration(location),
          logsMayEncrypt(location, logs),
          alarmsMayPublish(location),
          rulesMayPublish(location),
        ],
      },
      { parent: this },
    );
    this.registerOutputs({ arn: this.arn });
  }
}
