// Parses the publisher's events: from EventBridge, from a CloudWatch alarm, or a command from the operator.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html (model package state change),
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html (CloudWatch invokes the function itself)

import { publisherCommands } from "../../../contract";

export type PublisherTask =
  /** A model package changed. Whether it is approved is looked up in the registry, not taken from the event. */
  | { readonly kind: "package"; readonly arn: string }
  /** The alarm on the canary's errors went off. */
  | { readonly kind: "alarm" }
  | { readonly kind: "command"; readonly command: (typeof publisherCommands)[number] };

/**
 * @param group name of the model package group whose events are accepted
 * @param alarm name of the alarm that is accepted
 * @throws Error for any other event
 */
export function readPublisherEvent(event: unknown, group: string, alarm: string): PublisherTask {
  const { command, "detail-type": type, source, detail, alarmData } = record(event, "the event");
  if (command !== undefined) {
    const known = publisherCommands.find((each) => each === command);
    if (known === undefined) throw new Error(`the command is not one of ${publisherCommands.join(", ")}`);
    return { kind: "command", command: known };
  }
  if (source === "aws.sagemaker" && type === "SageMaker Model Package State Change") {
    const { ModelPackageArn: arn, ModelPackageGroupName: name } = record(detail, "the event's detail");
    if (name !== group) throw new Error("the model package is of another group");
    if (typeof arn !== "string" || !packageArn.test(arn))
      throw new Error("ModelPackageArn is not the ARN of a model package");
    return { kind: "package", arn };
  }
  if (source === "aws.cloudwatch") {
    const { alarmName, state } = record(alarmData, "the event's alarmData");
    if (alarmName !== alarm) throw new Error("the alarm is another one");
    if (record(state, "the alarm's state").value !== "ALARM") throw new Error("the alarm did not go off");
    return { kind: "alarm" };
  }
  throw new Error("the event is of no kind that the publisher knows");
}

const packageArn = /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:model-package\/[A-Za-z0-9-]{1,63}\/\d{1,9}$/;

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} is not an object`);
  return value as Record<string, unknown>;
}
