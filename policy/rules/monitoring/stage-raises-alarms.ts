// Somebody who probes an API, tries keys or exhausts it is only noticed by an alarm that exists, watches this stage, and
// can be reached. CloudWatch has no metric of denied or throttled calls: filters count them in the access log.

import { httpApiType, httpStageType, restApiType, restStageType } from "../../../graph/openapi";
import type { Resource } from "../../../graph/resource";
import { amount, at, record, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import type { View } from "../../queries/view";

/** Failed calls in a period, of which none is normal. */
const mostErrors = 100;
/** Milliseconds: API Gateway's own timeout. */
const mostLatency = 29_000;
/** Refused calls in a period: of a minute, a tenth of what API Gateway serves to all callers of an account. */
const mostRefusals = 60_000;
/** Longest time in seconds until an alarm fires. */
const longest = 3_600;

export const stageRaisesAlarms: Rule = {
  name: "stage-raises-alarms",
  description:
    "A stage has alarms on errors, latency, denied calls and throttled calls, with thresholds that can be reached.",
  severity: "medium",
  controls: ["OWN.AlarmTarget", "API4", "API6"],
  types: [restStageType, httpStageType],
  check: (stage, view) => {
    const errors = ofStage(stage, view, ["5XXError", "5xx"]);
    const latency = ofStage(stage, view, ["Latency"]);
    const denials = ofRefusals(stage, view, ["401", "403"]);
    const throttles = ofRefusals(stage, view, ["429"]);
    const percentile = /^(p[\d.]+|Average|Maximum)$/;
    return unmet({
      "no alarm on at most 100 errors": errors.some((alarm) => fires(alarm, mostErrors)),
      "no alarm on a latency of at most 29 s": latency.some((alarm) => fires(alarm, mostLatency, percentile)),
      "no alarm on at most 60,000 denied calls": denials.some((alarm) => fires(alarm, mostRefusals)),
      "no alarm on at most 60,000 throttled calls": throttles.some((alarm) => fires(alarm, mostRefusals)),
    });
  },
};

/** Alarms on API Gateway's metrics of the stage. */
function ofStage(stage: Resource, view: View, metrics: readonly string[]): Resource[] {
  const api = view
    .ofType(restApiType, httpApiType)
    .find((one) => view.points(stage, stage.type === restStageType ? "restApi" : "apiId", one));
  const stageName = stage.type === restStageType ? stage.inputs.stageName : stage.inputs.name;
  return alarms(view, "AWS/ApiGateway", metrics).filter(({ inputs }) => {
    const { Stage, ApiName, ApiId } = record(inputs.dimensions);
    const names = [api?.inputs.name, api?.id];
    return Stage === stageName && [ApiName, ApiId].some((one) => one !== undefined && names.includes(one));
  });
}

/** Alarms on what filters count in the stage's access log: all calls with one of these statuses. */
function ofRefusals({ inputs }: Resource, view: View, statuses: readonly string[]): Resource[] {
  const log = text(at(inputs, "accessLogSettings", "destinationArn"))
    .split(":log-group:")[1]
    ?.split(":")[0];
  return view
    .ofType("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    .filter((filter) => filter.inputs.logGroupName === log && log !== undefined)
    .filter((filter) => statuses.every((status) => text(filter.inputs.pattern).includes(`"${status}"`)))
    .map((filter) => record(filter.inputs.metricTransformation))
    .filter(({ value }) => value === "1")
    .flatMap(({ namespace, name }) => alarms(view, text(namespace), [text(name)]));
}

function alarms(view: View, namespace: string, metrics: readonly string[]): Resource[] {
  return view
    .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
    .filter(({ inputs }) => inputs.namespace === namespace && metrics.includes(text(inputs.metricName)));
}

function fires({ inputs }: Resource, most: number, statistic = /^Sum$/): boolean {
  return (
    /^GreaterThan(OrEqualTo)?Threshold$/.test(text(inputs.comparisonOperator)) &&
    amount(inputs.threshold) <= most &&
    amount(inputs.period) * amount(inputs.evaluationPeriods) <= longest &&
    statistic.test(text(inputs.statistic) || text(inputs.extendedStatistic))
  );
}
