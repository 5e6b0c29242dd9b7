// A plan without limits lets a key make unlimited calls; a key in a plan without a stage opens nothing, unnoticed.

import { amount, at, list, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const usagePlanHasNumbers: Rule = {
  name: "usage-plan-has-numbers",
  description: "A usage plan has a quota, a throttle and a stage.",
  severity: "medium",
  controls: ["OWN.UsagePlanNumbers", "API4", "API6"],
  types: ["aws:apigateway/usagePlan:UsagePlan"],
  check: ({ inputs }) => {
    const stages = list(inputs.apiStages);
    return unmet({
      "quotaSettings has no limit or period":
        amount(at(inputs, "quotaSettings", "limit")) > 0 && text(at(inputs, "quotaSettings", "period")) !== "",
      "throttleSettings has no rateLimit or burstLimit":
        amount(at(inputs, "throttleSettings", "rateLimit")) > 0 &&
        amount(at(inputs, "throttleSettings", "burstLimit")) > 0,
      "apiStages names no stage":
        stages.length > 0 && stages.every((item) => text(at(item, "apiId")) !== "" && text(at(item, "stage")) !== ""),
    });
  },
};
