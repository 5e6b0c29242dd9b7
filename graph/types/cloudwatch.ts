// Resource types of CloudWatch and EventBridge.

import { partitionOf } from "../../contract";
import { account, arn, type ResourceTypes, text } from "./resource-type";

export const cloudwatch: ResourceTypes = {
  "aws:cloudwatch/dashboard:Dashboard": {
    outputs: ({ inputs, region }) => ({
      id: text(inputs.dashboardName),
      dashboardArn: `arn:${partitionOf(region)}:cloudwatch::${account}:dashboard/${text(inputs.dashboardName)}`,
    }),
    replaceOnChanges: ["dashboardName"],
    reviewed: "opens nothing",
  },
  "aws:cloudwatch/eventRule:EventRule": {
    outputs: ({ region, physical }) => ({
      id: physical,
      name: physical,
      arn: arn("events", region, `rule/${physical}`),
    }),
    replaceOnChanges: ["name", "namePrefix", "eventBusName"],
    reviewed: "read by rules",
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    outputs: ({ inputs, hex }) => {
      const targetId = `terraform-${hex("id", 26)}`;
      return { id: `${text(inputs.rule)}-${targetId}`, targetId };
    },
    replaceOnChanges: ["rule", "targetId", "eventBusName"],
    reviewed: "read by rules",
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    outputs: ({ region, physical }) => ({
      id: physical,
      name: physical,
      arn: arn("logs", region, `log-group:${physical}`),
    }),
    replaceOnChanges: ["name", "namePrefix", "logGroupClass"],
    reviewed: "read by rules",
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    replaceOnChanges: ["name", "logGroupName"],
    reviewed: "read by rules",
  },
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {
    outputs: ({ inputs }) => ({ id: text(inputs.policyName) }),
    replaceOnChanges: ["policyName", "resourceArn"],
    reviewed: "read by rules",
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    outputs: ({ region, physical }) => ({
      id: physical,
      name: physical,
      arn: arn("cloudwatch", region, `alarm:${physical}`),
    }),
    replaceOnChanges: ["name"],
    reviewed: "read by rules",
  },
};
