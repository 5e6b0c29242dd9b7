// A key works only through a usage plan that covers the API: without one, nobody can call routes that require a key.

import { restApiType } from "../../../graph/openapi";
import { operationsOf } from "../../queries/operations";
import { at, list } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const routeWithAKeyHasAPlan: Rule = {
  name: "route-with-a-key-has-a-plan",
  description: "An API whose routes require a key belongs to a usage plan.",
  severity: "medium",
  controls: ["OWN.UsagePlan", "API4"],
  types: [restApiType],
  check: (api, view) => {
    const asks = operationsOf(api, view).some(({ alternatives }) =>
      alternatives.flat().some(({ kind }) => kind === "apiKey"),
    );
    if (!asks) return undefined;
    const plans = view.ofType("aws:apigateway/usagePlan:UsagePlan");
    return unmet({
      "no UsagePlan names the API": plans.some(({ inputs }) =>
        list(inputs.apiStages).some((item) => at(item, "apiId") === api.id),
      ),
    });
  },
};
