// A model that fails on the new instances must not replace one that works: the old ones stay until alarms had time to ring.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html

import { amount, at, list, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { hostedEndpointType } from "../../queries/hosting";

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

export const endpointUpdateRollsBack: Rule = {
  name: "endpoint-update-rolls-back",
  description:
    "An update of a SageMaker endpoint keeps the old instances for at least five minutes after each step, and rolls back by itself on alarms of this program.",
  severity: "medium",
  controls: ["OWN.EndpointRollback"],
  types: [hostedEndpointType],
  check: ({ inputs }, view) => {
    const { deploymentConfig } = inputs;
    const blueGreen = at(deploymentConfig, "blueGreenUpdatePolicy", "trafficRoutingConfiguration");
    const wait = amount(at(blueGreen ?? at(deploymentConfig, "rollingUpdatePolicy"), "waitIntervalInSeconds"));
    const alarms = list(at(deploymentConfig, "autoRollbackConfiguration", "alarms")).map((item) =>
      text(at(item, "alarmName")),
    );
    const ours = view.ofType(alarmType).map(({ outputs }) => outputs.name);
    return unmet({
      "waitIntervalInSeconds is under 300": wait >= 300,
      "autoRollbackConfiguration has no alarms": alarms.length > 0,
      "an alarm of autoRollbackConfiguration is none of this program": alarms.every((name) => ours.includes(name)),
    });
  },
};
