// Routes that ask for a key need somebody to give one out: a plan that covers the API, or nobody can call.

import { operationsOf, restApiType } from "../operations";
import { at, list } from "../read";
import { type Rule, unmet } from "../rule";

export const routeWithAKeyHasAPlan: Rule = {
  name: "route-with-a-key-has-a-plan",
  says: "An API whose routes require a key belongs to a usage plan.",
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
