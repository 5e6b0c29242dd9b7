// An alarm without an action notifies nobody.

import { list } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const alarmActs: Rule = {
  name: "alarm-acts",
  description: "An alarm has an action for its ALARM state.",
  severity: "medium",
  controls: ["CloudWatch.15/17"],
  types: ["aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"],
  check: ({ inputs }) =>
    unmet({
      "alarmActions is empty": list(inputs.alarmActions).length > 0,
      "actionsEnabled is false": inputs.actionsEnabled !== false,
    }),
};
