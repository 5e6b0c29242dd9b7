// After an incident, a trace shows which path a call took.

import { at } from "../../queries/read";
import { functionType } from "../../queries/functions";
import { type Rule, unmet } from "../../queries/rule";

export const functionIsTraced: Rule = {
  name: "function-is-traced",
  says: "A function sends traces to X-Ray.",
  types: [functionType],
  check: ({ inputs }) =>
    unmet({ "tracingConfig.mode is not Active": at(inputs, "tracingConfig", "mode") === "Active" }),
};
