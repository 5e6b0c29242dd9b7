// What removes API keys past their overlap, hour by hour, and measures the others. Separate from the rotation, which acts on one
// secret at a time. One rule for all secrets: an account has 300 in a region.

import { EventRule, EventTarget } from "@pulumi/aws/cloudwatch";
import { Permission } from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { secretsArn } from "./api-key-secret";
import type { ServerlessFunction } from "./function";
import type { Location } from "./location";

export interface KeySweepArgs {
  /** Of the secrets. */
  readonly location: Location;
  /** The rotation function. */
  readonly function: ServerlessFunction;
  readonly secretArns: readonly pulumi.Input<string>[];
  /** What has made the first keys. */
  readonly after: readonly pulumi.Resource[];
}

export class KeySweep extends pulumi.ComponentResource {
  constructor(name: string, args: KeySweepArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:KeySweep", name, {}, options);
    const { functionName, arn } = args.function;
    const rule = new EventRule(
      name,
      {
        description: "Removes API keys past their overlap, and measures the others",
        scheduleExpression: "rate(1 hour)",
      },
      { parent: this },
    );
    const permission = new Permission(
      `${name}-invoke`,
      {
        function: functionName,
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      },
      { parent: this, dependsOn: [args.function] },
    );
    const input = pulumi.all([...args.secretArns]).apply((arns) => sweepInput(arns, args.location));
    new EventTarget(
      `${name}-target`,
      { rule: rule.name, arn, input },
      { parent: this, dependsOn: [permission, ...args.after] },
    );
    this.registerOutputs({});
  }
}

/**
 * The secrets by what follows the stack's part of their ARNs: an input has 8,192 characters, for 99 clients.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
 */
export function sweepInput(arns: readonly string[], location: Location): string {
  const base = secretsArn(location).length;
  return JSON.stringify({ event: "sweep", secrets: arns.map((arn) => arn.slice(base)) });
}
