// Alarms of failed executions of the pipeline, and of failed publications.

import { MetricAlarm, type MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";

export interface TrainingAlarmsArgs {
  readonly topicArn: pulumi.Input<string>;
  readonly pipelineName: string;
  /** Name of the publisher function. */
  readonly publisher: string;
}

export class TrainingAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: TrainingAlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:TrainingAlarms", name, {}, options);
    const alarm = (role: string, { alarmDescription = "", ...what }: Partial<MetricAlarmArgs>) =>
      new MetricAlarm(
        `${name}-${role}`,
        {
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          threshold: 1,
          statistic: "Sum",
          period: 300,
          evaluationPeriods: 1,
          treatMissingData: "notBreaching",
          alarmActions: [args.topicArn],
          alarmDescription: `${alarmDescription}: docs/runbook.md#${role}`,
          ...what,
        },
        { parent: this },
      );
    // Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html (pipelines metrics)
    alarm("execution-failed", {
      alarmDescription: `An execution of ${args.pipelineName} failed: the failed step says why`,
      namespace: "AWS/Sagemaker/ModelBuildingPipeline",
      metricName: "ExecutionFailed",
      dimensions: { PipelineName: args.pipelineName },
    });
    alarm("publication-failed", {
      alarmDescription:
        "An approved model was not published, or a canary was not rolled back: the publisher's log says why",
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: args.publisher },
    });
    this.registerOutputs({});
  }
}
