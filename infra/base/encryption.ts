// The stack's own KMS key: encrypts code, environments, published models, logs and the alarm topic. Separate from its
// users because they all share it, and its policy must name them. Guarantees: CloudWatch Logs uses it only for this
// stack's log groups and API Gateway's execution logs; alarms only of this account; EventBridge only for its topics.

import * as pulumi from "@pulumi/pulumi";
import { administration, alarmsMayPublish, logsMayEncrypt, rulesMayPublish } from "./key-statements";
import { arn, type Location } from "./location";
import { stackKey } from "./stack-key";

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
    // API Gateway names execution logs after the API's id, which is not known beforehand: this matches every REST API.
    arn(location, "logs", "log-group:API-Gateway-Execution-Logs_*"),
  ];
}
