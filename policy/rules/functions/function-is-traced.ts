// After an incident, a trace shows which path a call took.

import { at } from "../../queries/read";
import { functionType } from "../../queries/lambda-functions";
import { type Rule, unmet } from "../../queries/rule";

export const functionIsTraced: Rule = {
  name: "function-is-traced",
  description: "A function sends traces to X-Ray.",
  severity: "low",
  controls: ["Lambda.7"],
  types: [functionType],
  check: ({ inputs }) =>
    unmet({ "tracingConfig.mode is not Active": at(inputs, "tracingConfig", "mode") === "Active" }),
};
