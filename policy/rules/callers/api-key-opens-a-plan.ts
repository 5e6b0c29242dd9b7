// A key outside any usage plan opens no route; one whose value the program sets can be read in its state.

import { type Rule, unmet } from "../../queries/rule";
import { text } from "../../queries/read";

const join = "aws:apigateway/usagePlanKey:UsagePlanKey";

export const apiKeyOpensAPlan: Rule = {
  name: "api-key-opens-a-plan",
  description: "An API key belongs to a usage plan, and AWS generates its value; the program does not set it.",
  severity: "medium",
  controls: ["OWN.UsagePlan", "API4"],
  types: ["aws:apigateway/apiKey:ApiKey"],
  check: (key, view) =>
    unmet({
      "no UsagePlanKey joins the key to a plan": view
        .pointingAt(key, join, "keyId")
        .some((joined) =>
          view.ofType("aws:apigateway/usagePlan:UsagePlan").some((plan) => view.points(joined, "usagePlanId", plan)),
        ),
      "value is set in the program": text(key.inputs.value) === "",
    }),
};
