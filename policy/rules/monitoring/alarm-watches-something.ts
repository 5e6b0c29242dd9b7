// A metric is identified by its name and dimensions: an alarm that lacks them watches another, empty metric.

import { amount, list, record, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const alarmWatchesSomething: Rule = {
  name: "alarm-watches-something",
  description: "An alarm names a metric with its dimensions and a threshold.",
  severity: "low",
  controls: ["OWN.AlarmTarget"],
  types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
  check: ({ inputs }) => {
    const queries = list(inputs.metricQueries).length > 0;
    return unmet({
      "neither metricName with namespace nor metricQueries is set":
        queries || (text(inputs.metricName) !== "" && text(inputs.namespace) !== ""),
      // Metrics of AWS services have dimensions; the program's own metrics need none.
      "dimensions is empty":
        queries || !text(inputs.namespace).startsWith("AWS/") || Object.keys(record(inputs.dimensions)).length > 0,
      "threshold is not set": !Number.isNaN(amount(inputs.threshold)) || text(inputs.thresholdMetricId) !== "",
    });
  },
};
