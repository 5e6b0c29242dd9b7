// A model that fails on the new instances must not replace one that works: the update is undone before all traffic is there.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html

import { at, list, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { hostedEndpointType } from "./hosting";

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

export const endpointUpdateRollsBack: Rule = {
  name: "endpoint-update-rolls-back",
  description:
    "An update of a SageMaker endpoint shifts traffic step by step, and rolls back by itself on alarms of this program.",
  severity: "medium",
  controls: ["OWN.EndpointRollback"],
  types: [hostedEndpointType],
  check: ({ inputs }, view) => {
    const { deploymentConfig } = inputs;
    const routing = text(at(deploymentConfig, "blueGreenUpdatePolicy", "trafficRoutingConfiguration", "type"));
    const rolling = at(deploymentConfig, "rollingUpdatePolicy", "maximumBatchSize") !== undefined;
    const alarms = list(at(deploymentConfig, "autoRollbackConfiguration", "alarms")).map((item) =>
      text(at(item, "alarmName")),
    );
    const ours = view.ofType(alarmType).map(({ outputs }) => outputs.name);
    return unmet({
      "the update shifts all traffic at once": rolling || routing === "CANARY" || routing === "LINEAR",
      "autoRollbackConfiguration has no alarms": alarms.length > 0,
      "an alarm of autoRollbackConfiguration is none of this program": alarms.every((name) => ours.includes(name)),
    });
  },
};
