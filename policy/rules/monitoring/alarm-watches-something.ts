// A metric is identified by its name and dimensions: an alarm that lacks them watches another, empty metric.

import { functionType } from "../../queries/lambda-functions";
import { endpointConfigurationType, hostedEndpointType, variantsOf } from "../../queries/hosting";
import { amount, at, list, record, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import type { View } from "../../queries/view";

export const alarmWatchesSomething: Rule = {
  name: "alarm-watches-something",
  description:
    "An alarm names a metric with its dimensions, of a function or an endpoint's variant of this program if it is theirs, and a threshold.",
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
      "dimensions name no variant of an endpoint of this program":
        !endpointMetrics.includes(text(inputs.namespace)) || variants(view).includes(variantOf(inputs.dimensions)),
      "threshold is not set": !Number.isNaN(amount(inputs.threshold)) || text(inputs.thresholdMetricId) !== "",
    });
  },
};

/** Namespaces of endpoints' metrics: of calls, and of instances. */
const endpointMetrics = ["AWS/SageMaker", "/aws/sagemaker/Endpoints"];

function variantOf(dimensions: unknown): string {
  return [at(dimensions, "EndpointName"), at(dimensions, "VariantName")].map(text).join("/");
}

/** `<endpoint>/<variant>` of each. */
function variants(view: View): string[] {
  return view.ofType(hostedEndpointType).flatMap((endpoint) =>
    view
      .ofType(endpointConfigurationType)
      .filter((configuration) => view.points(endpoint, "endpointConfigName", configuration))
      .flatMap(variantsOf)
      .map(({ variantName }) => `${text(endpoint.inputs.name)}/${text(variantName)}`),
  );
}

function functionNames(view: View): unknown[] {
  return view.ofType(functionType).flatMap(({ inputs, outputs }) => [inputs.name, outputs.name]);
}
