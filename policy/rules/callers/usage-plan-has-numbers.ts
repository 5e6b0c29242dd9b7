// A plan without limits lets a key make unlimited calls; a key in a plan without a stage opens nothing, unnoticed.

import { amount, at, list, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { mostBurst, mostRate } from "../../queries/stages";

/** Seconds. */
const periods: Readonly<Record<string, number>> = { DAY: 86_400, WEEK: 604_800, MONTH: 2_678_400 };

export const usagePlanHasNumbers: Rule = {
  name: "usage-plan-has-numbers",
  description: "A usage plan has a quota, a throttle and a stage; neither number is one that nobody reaches.",
  severity: "medium",
  controls: ["OWN.UsagePlanNumbers", "API4", "API6"],
  types: ["aws:apigateway/usagePlan:UsagePlan"],
  check: ({ inputs }) => {
    const stages = list(inputs.apiStages);
    const [rate, burst] = ["rateLimit", "burstLimit"].map((key) => amount(at(inputs, "throttleSettings", key))) as [
      number,
      number,
    ];
    const quota = amount(at(inputs, "quotaSettings", "limit"));
    const seconds = periods[text(at(inputs, "quotaSettings", "period"))] ?? Number.NaN;
    return unmet({
      "quotaSettings has no limit or period": quota > 0 && text(at(inputs, "quotaSettings", "period")) !== "",
      "throttleSettings has no rateLimit or burstLimit": rate > 0 && burst > 0,
      "throttleSettings is above what API Gateway serves to an account": !(rate > mostRate || burst > mostBurst),
      "quotaSettings.limit is above what the rate lets through in the period": !(quota > rate * seconds),
      "apiStages names no stage":
        stages.length > 0 && stages.every((item) => text(at(item, "apiId")) !== "" && text(at(item, "stage")) !== ""),
    });
  },
};
