// Resource types of Application Auto Scaling.

import { arn, type ResourceTypes, text } from "./resource-type";

const target = ["resourceId", "scalableDimension", "serviceNamespace"];

export const applicationAutoScaling: ResourceTypes = {
  "aws:appautoscaling/policy:Policy": {
    outputs: ({ physical }) => ({ id: physical, name: physical }),
    replaceOnChanges: ["name", ...target],
    reviewed: "opens nothing",
  },
  "aws:appautoscaling/scheduledAction:ScheduledAction": {
    outputs: ({ physical }) => ({ id: physical, name: physical }),
    replaceOnChanges: ["name", ...target],
    reviewed: "opens nothing",
  },
  "aws:appautoscaling/target:Target": {
    outputs: ({ inputs, region, hex }) => ({
      id: text(inputs.resourceId),
      arn: arn("application-autoscaling", region, `scalable-target/${hex("id", 36)}`),
    }),
    replaceOnChanges: target,
    reviewed: "opens nothing",
  },
};
