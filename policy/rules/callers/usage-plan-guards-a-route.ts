// A usage plan counts only the calls to routes that require an API key.

import { restApiType } from "../../../graph/openapi";
import { operationsOf } from "../../queries/operations";
import { at, list } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const usagePlanGuardsARoute: Rule = {
  name: "usage-plan-guards-a-route",
  description: "Every API of a usage plan has routes that require the key.",
  severity: "medium",
  controls: ["OWN.PlanNeedsKey"],
  types: ["aws:apigateway/usagePlan:UsagePlan"],
  check: (plan, view) => {
    const named = list(plan.inputs.apiStages).map((item) => at(item, "apiId"));
    const apis = view.ofType(restApiType).filter((api) => named.includes(api.id));
    const asks = apis.every((api) =>
      operationsOf(api, view).some(({ alternatives }) => alternatives.flat().some(({ kind }) => kind === "apiKey")),
    );
    return unmet({
      "apiStages names an API that is not in this program": apis.length === named.length,
      "an API of the plan has no route that asks for a key": asks,
    });
  },
};
