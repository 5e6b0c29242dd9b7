// A metric without its dimensions is another metric, and stays silent.

import { amount, list, record, text } from "../read";
import { type Rule, unmet } from "../rule";

export const alarmWatchesSomething: Rule = {
  name: "alarm-watches-something",
  says: "An alarm names a metric with its dimensions and a threshold.",
  types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
  check: ({ inputs }) => {
    const queries = list(inputs.metricQueries).length > 0;
    return unmet({
      "neither metricName with namespace nor metricQueries is set":
        queries || (text(inputs.metricName) !== "" && text(inputs.namespace) !== ""),
      // Every metric of an AWS service has dimensions; the program's own need none.
      "dimensions is empty":
        queries || !text(inputs.namespace).startsWith("AWS/") || Object.keys(record(inputs.dimensions)).length > 0,
      "threshold is not set": !Number.isNaN(amount(inputs.threshold)) || text(inputs.thresholdMetricId) !== "",
    });
  },
};
