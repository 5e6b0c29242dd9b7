// Starts the pipeline on a schedule, which a key of ours encrypts. Guarantees: the schedule's role can start this pipeline, read its own
// schedule, and do nothing else.

import { Role, RolePolicy } from "@pulumi/aws/iam";
import { Schedule } from "@pulumi/aws/scheduler";
import * as pulumi from "@pulumi/pulumi";
import { arn, type Location } from "../base/location";
import { serviceTrust } from "../base/policy-statements";

export interface TrainingScheduleArgs {
  readonly location: Location;
  /** `rate(…)` or `cron(…)`, in UTC. */
  readonly expression: string;
  readonly pipelineArn: pulumi.Input<string>;
  /** KMS key of the training. */
  readonly keyArn: pulumi.Input<string>;
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
    // Its name gets random letters, and the policy has to be there before the schedule.
    const schedules = arn(args.location, "scheduler", `schedule/default/${name}-schedule-*`);
    const policy = new RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: pulumi
          .all([args.pipelineArn, args.keyArn])
          .apply(([pipelineArn, keyArn]) => JSON.stringify(schedulerPolicy(pipelineArn, keyArn, schedules))),
      },
      child,
    );
    new Schedule(
      `${name}-schedule`,
      {
        description: "Starts the training pipeline",
        scheduleExpression: args.expression,
        kmsKeyArn: args.keyArn,
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
  return serviceTrust("scheduler", { StringEquals: { "aws:SourceAccount": account } });
}

/**
 * EventBridge Scheduler decrypts a schedule as its role; whoever creates it encrypts it.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
 * @param schedules ARN, or pattern, of the schedules that the role may decrypt
 */
export function schedulerPolicy(pipelineArn: string, keyArn: string, schedules: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "Start", Effect: "Allow", Action: "sagemaker:StartPipelineExecution", Resource: pipelineArn },
      {
        Sid: "Encryption",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: keyArn,
        Condition: { ArnLike: { "kms:EncryptionContext:aws:scheduler:schedule:arn": schedules } },
      },
    ],
  };
}
