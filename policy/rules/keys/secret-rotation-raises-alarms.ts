// A rotation that fails leaves the old secret in use, and nobody notices by calling the API.

import { amount, record, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { rotatingFunction, rotationsOf, secretType } from "./rotations";

/** Failed steps in a period, of which none is normal. */
const most = 100;

export const secretRotationRaisesAlarms: Rule = {
  name: "secret-rotation-raises-alarms",
  description: "An alarm tells of errors of the function that rotates a secret.",
  severity: "medium",
  controls: ["OWN.AlarmTarget", "SecretsManager.2"],
  types: [secretType],
  check: (secret, view) => {
    const functions = rotationsOf(secret, view).map((rotation) => rotatingFunction(rotation, view));
    if (functions.length === 0) return undefined;
    const alarms = view
      .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
      .filter(({ inputs }) => inputs.namespace === "AWS/Lambda" && inputs.metricName === "Errors")
      .filter(({ inputs }) => amount(inputs.threshold) <= most);
    return unmet({
      "no alarm on at most 100 errors of the rotating function": functions.every((rotating) =>
        alarms.some(({ inputs }) => record(inputs.dimensions).FunctionName === text(rotating?.inputs.name)),
      ),
    });
  },
};
