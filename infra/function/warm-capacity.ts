// Environments of a function that are kept initialised (provisioned concurrency), of whatever version its alias names; with
// Application Auto Scaling between a least and a most number, or during hours alone. Guarantees: never more than the settings say.

import { Policy, ScheduledAction, Target } from "@pulumi/aws/appautoscaling";
import { ProvisionedConcurrencyConfig } from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import type { Warmth } from "../settings/warm-settings";

export interface WarmCapacityArgs {
  readonly functionName: string;
  /** Name of the alias; it exists once `alias` does. */
  readonly aliasName: string;
  readonly alias: pulumi.Resource;
  readonly warmth: Warmth;
}

/** Share of the warm environments in use that scaling aims at; AWS's own example. */
const utilization = 0.7;

export class WarmCapacity extends pulumi.ComponentResource {
  constructor(name: string, args: WarmCapacityArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:WarmCapacity", name, {}, options);
    const { functionName, aliasName, alias } = args;
    const { least, most, hours } = args.warmth;
    const scales = most > least;
    const child = { parent: this, dependsOn: [alias] };
    // During hours alone, the schedule makes the environments and takes them away, and nothing else may.
    if (hours === undefined)
      new ProvisionedConcurrencyConfig(
        `${name}-environments`,
        { functionName, qualifier: aliasName, provisionedConcurrentExecutions: least },
        { ...child, ignoreChanges: scales ? ["provisionedConcurrentExecutions"] : [] },
      );
    if (scales || hours !== undefined) {
      const target = new Target(
        `${name}-range`,
        { ...place(functionName, aliasName), minCapacity: hours === undefined ? least : 0, maxCapacity: most },
        // A scheduled action sets both.
        { ...child, ignoreChanges: hours === undefined ? [] : ["minCapacity", "maxCapacity"] },
      );
      const of = {
        resourceId: target.resourceId,
        scalableDimension: target.scalableDimension,
        serviceNamespace: target.serviceNamespace,
      };
      if (scales)
        new Policy(
          `${name}-scaling`,
          {
            ...of,
            policyType: "TargetTrackingScaling",
            targetTrackingScalingPolicyConfiguration: {
              targetValue: utilization,
              predefinedMetricSpecification: { predefinedMetricType: "LambdaProvisionedConcurrencyUtilization" },
            },
          },
          { parent: this },
        );
      if (hours !== undefined) {
        const scheduled = (role: string, hour: number, minCapacity: number, maxCapacity: number) =>
          new ScheduledAction(
            `${name}-${role}`,
            {
              ...of,
              schedule: cron(hours.days, hour),
              timezone: "UTC",
              scalableTargetAction: { minCapacity, maxCapacity },
            },
            { parent: this },
          );
        scheduled("begin", hours.from, least, most);
        scheduled("end", hours.to, 0, 0);
      }
    }
    this.registerOutputs({});
  }
}

/** Source: https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-lambda.html */
function place(functionName: string, aliasName: string) {
  return {
    serviceNamespace: "lambda",
    scalableDimension: "lambda:function:ProvisionedConcurrency",
    resourceId: `function:${functionName}:${aliasName}`,
  };
}

function cron(days: string, hour: number): string {
  return `cron(0 ${hour} ? * ${days} *)`;
}
