// The hourly sweep: it deletes API keys whose overlap has ended, and measures the others. Separate from the rotation,
// which acts on one secret at a time. One rule for all secrets, because an account is limited to 300 in a region.

import { EventRule, EventTarget } from "@pulumi/aws/cloudwatch";
import { Permission } from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { secretsArn } from "./api-key-secret";
import type { ServerlessFunction } from "../function/function";
import type { Location } from "../base/location";

export interface KeySweepArgs {
  /** Account and region of the secrets. */
  readonly location: Location;
  /** The rotation function. */
  readonly function: ServerlessFunction;
  readonly secretArns: readonly pulumi.Input<string>[];
  /** The resources that create the first keys. */
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
 * The input of the hourly event. It names each secret by what follows the stack's common part of the ARNs, so that 99
 * clients fit into an input's 8,192 characters.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
 */
export function sweepInput(arns: readonly string[], location: Location): string {
  const base = secretsArn(location).length;
  return JSON.stringify({ event: "sweep", secrets: arns.map((arn) => arn.slice(base)) });
}
