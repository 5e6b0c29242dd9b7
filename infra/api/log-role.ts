// The role with which API Gateway writes logs: one for the whole account and region, so that it belongs to no API.
// Guarantees: it outlives the stack, because other stacks' logs may depend on it.

import { Account } from "@pulumi/aws/apigateway";
import { Role, RolePolicyAttachment } from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../base/location";
import { serviceTrust } from "../base/policy-statements";

export class LogRole extends pulumi.ComponentResource {
  readonly account: Account;

  constructor(name: string, { partition }: Location, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:LogRole", name, {}, options);
    const retained = { parent: this, retainOnDelete: true };
    const role = new Role(
      `${name}-role`,
      {
        // Without aws:SourceAccount: AWS documents this trust without a condition, and API Gateway is reported not to send
        // that key for roles that it assumes (aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws#479).
        // It would refuse the role ("The role ARN does not have required permissions configured"), and no API could log.
        // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
        assumeRolePolicy: JSON.stringify(serviceTrust("apigateway")),
      },
      retained,
    );
    const attachment = new RolePolicyAttachment(
      `${name}-policy`,
      // AWS's managed policy for exactly this role, which API Gateway checks for.
      {
        role: role.name,
        policyArn: `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
      },
      retained,
    );
    this.account = new Account(
      `${name}-account`,
      { cloudwatchRoleArn: role.arn },
      { ...retained, dependsOn: [attachment] },
    );
    this.registerOutputs({});
  }
}
