// Resource types of EventBridge Scheduler.

import { arn, type ResourceTypes, text } from "./resource-type";

export const scheduler: ResourceTypes = {
  "aws:scheduler/schedule:Schedule": {
    outputs: ({ inputs, region, physical }) => {
      const group = text(inputs.groupName) || "default";
      return {
        id: `${group}/${physical}`,
        name: physical,
        groupName: group,
        arn: arn("scheduler", region, `schedule/${group}/${physical}`),
      };
    },
    replaceOnChanges: ["groupName", "name", "namePrefix"],
    reviewed: "read by rules",
  },
};
