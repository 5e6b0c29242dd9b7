// Without limits of its own, one stage can use up the account's request rate, which all of its APIs share.

import { httpStageType, restStageType } from "../../../graph/openapi";
import type { Resource } from "../../../graph/resource";
import { amount, at, list } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import { methodSettings, mostBurst, mostRate, settingsOfAll } from "../../queries/stages";
import type { View } from "../../queries/view";

export const stageThrottles: Rule = {
  name: "stage-throttles",
  description:
    "Every stage limits the rate and the burst of calls, below what API Gateway serves to the whole account; no route is exempt.",
  severity: "medium",
  controls: ["OWN.Throttle", "API4"],
  types: [restStageType, httpStageType],
  check: (stage, view) => {
    const all =
      stage.type === restStageType
        ? at(settingsOfAll(stage, view)?.inputs, "settings")
        : at(stage.inputs, "defaultRouteSettings");
    const violations = [
      ...(bounds(at(all, "throttlingRateLimit"), mostRate)
        ? []
        : [violation("throttlingRateLimit is not set for every route, or above the account's 10,000")]),
      ...(bounds(at(all, "throttlingBurstLimit"), mostBurst)
        ? []
        : [violation("throttlingBurstLimit is not set for every route, or above the account's 5,000")]),
    ];
    return single(stage, view).some(isLetOff)
      ? [...violations, violation("a route has no limit of its own")]
      : violations;
  },
};

function bounds(limit: unknown, most: number): boolean {
  return amount(limit) > 0 && amount(limit) <= most;
}

/** Settings of single routes, which replace those for all routes. */
function single(stage: Resource, view: View): unknown[] {
  if (stage.type === httpStageType) return [...list(stage.inputs.routeSettings)];
  return methodSettings(stage, view)
    .filter(({ inputs }) => inputs.methodPath !== "*/*")
    .map(({ inputs }) => inputs.settings);
}

/** -1 disables a limit; so does omitting one of the two. */
function isLetOff(settings: unknown): boolean {
  return ["throttlingRateLimit", "throttlingBurstLimit"].some((key) => !(amount(at(settings, key)) > 0));
}
