// A metric is identified by its name and dimensions: an alarm that lacks them watches another, empty metric.

import { functionType } from "../../queries/lambda-functions";
import { amount, list, record, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import type { View } from "../../queries/view";

export const alarmWatchesSomething: Rule = {
  name: "alarm-watches-something",
  description: "An alarm names a metric with its dimensions and a threshold.",
  severity: "low",
  controls: ["OWN.AlarmTarget"],
  types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
  check: ({ inputs }, view) => {
    const queries = list(inputs.metricQueries).length > 0;
    return unmet({
      "neither metricName with namespace nor metricQueries is set":
        queries || (text(inputs.metricName) !== "" && text(inputs.namespace) !== ""),
      // Metrics of AWS services have dimensions; the program's own metrics need none.
      "dimensions is empty":
        queries || !text(inputs.namespace).startsWith("AWS/") || Object.keys(record(inputs.dimensions)).length > 0,
      "dimensions name no function of this program":
        text(inputs.namespace) !== "AWS/Lambda" || functionNames(view).includes(record(inputs.dimensions).FunctionName),
      "threshold is not set": !Number.isNaN(amount(inputs.threshold)) || text(inputs.thresholdMetricId) !== "",
    });
  },
};

function functionNames(view: View): unknown[] {
  return view.ofType(functionType).flatMap(({ inputs, outputs }) => [inputs.name, outputs.name]);
}
