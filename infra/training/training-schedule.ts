// Starts the pipeline on a schedule. Guarantees: the schedule's role can start this pipeline, and do nothing else.

import { Role, RolePolicy } from "@pulumi/aws/iam";
import { Schedule } from "@pulumi/aws/scheduler";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../base/location";

export interface TrainingScheduleArgs {
  readonly location: Location;
  /** `rate(…)` or `cron(…)`, in UTC. */
  readonly expression: string;
  readonly pipelineArn: pulumi.Input<string>;
  /**
   * A parameter of the pipeline and its value. EventBridge Scheduler refuses a pipeline as its target without one.
   * Source: https://github.com/hashicorp/terraform-provider-aws/issues/33526
   */
  readonly parameter: { readonly name: string; readonly value: string };
}

export class TrainingSchedule extends pulumi.ComponentResource {
  constructor(name: string, args: TrainingScheduleArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:TrainingSchedule", name, {}, options);
    const child = { parent: this };
    const role = new Role(`${name}-role`, { assumeRolePolicy: JSON.stringify(schedulerTrust(args.location)) }, child);
    const policy = new RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: pulumi.output(args.pipelineArn).apply((pipelineArn) => JSON.stringify(schedulerPolicy(pipelineArn))),
      },
      child,
    );
    new Schedule(
      `${name}-schedule`,
      {
        description: "Starts the training pipeline",
        scheduleExpression: args.expression,
        flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 15 },
        target: {
          arn: args.pipelineArn,
          roleArn: role.arn,
          sagemakerPipelineParameters: { pipelineParameters: [args.parameter] },
          retryPolicy: { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 3 },
        },
      },
      { ...child, dependsOn: [policy] },
    );
    this.registerOutputs({});
  }
}

export function schedulerTrust({ account }: Location): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      },
    ],
  };
}

export function schedulerPolicy(pipelineArn: string): object {
  return {
    Version: "2012-10-17",
    Statement: [{ Sid: "Start", Effect: "Allow", Action: "sagemaker:StartPipelineExecution", Resource: pipelineArn }],
  };
}
