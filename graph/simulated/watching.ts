// Computed outputs of CloudWatch, EventBridge and SNS resources.

import { partitionOf } from "../../contract";
import { account, arn, type Rows, text } from "./row";

export const watching: Rows = {
  "aws:cloudwatch/eventRule:EventRule": ({ region, physical }) => ({
    id: physical,
    name: physical,
    arn: arn("events", region, `rule/${physical}`),
  }),
  "aws:cloudwatch/eventTarget:EventTarget": ({ inputs, hex }) => {
    const targetId = `terraform-${hex("id", 26)}`;
    return { id: `${text(inputs.rule)}-${targetId}`, targetId };
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ region, physical }) => ({
    id: physical,
    name: physical,
    arn: arn("cloudwatch", region, `alarm:${physical}`),
  }),
  "aws:cloudwatch/dashboard:Dashboard": ({ inputs, region }) => ({
    id: text(inputs.dashboardName),
    dashboardArn: `arn:${partitionOf(region)}:cloudwatch::${account}:dashboard/${text(inputs.dashboardName)}`,
  }),
  "aws:cloudwatch/logGroup:LogGroup": ({ region, physical }) => ({
    id: physical,
    name: physical,
    arn: arn("logs", region, `log-group:${physical}`),
  }),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ({ inputs }) => ({ id: text(inputs.policyName) }),
  "aws:scheduler/schedule:Schedule": ({ inputs, region, physical }) => {
    const group = text(inputs.groupName) || "default";
    return {
      id: `${group}/${physical}`,
      name: physical,
      groupName: group,
      arn: arn("scheduler", region, `schedule/${group}/${physical}`),
    };
  },
  "aws:sns/topic:Topic": ({ region, physical }) => {
    const topicArn = arn("sns", region, physical);
    return { id: topicArn, name: physical, arn: topicArn, owner: account };
  },
  "aws:sns/topicPolicy:TopicPolicy": ({ inputs }) => ({ id: text(inputs.arn), owner: account }),
  "aws:sns/topicSubscription:TopicSubscription": ({ inputs, uuid }) => {
    const subscriptionArn = `${text(inputs.topic)}:${uuid("id")}`;
    return { id: subscriptionArn, arn: subscriptionArn, ownerId: account };
  },
};
