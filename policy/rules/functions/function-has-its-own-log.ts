// A log group that Lambda creates itself never expires and is not encrypted with a customer-managed key.

import { functionType } from "../../queries/lambda-functions";
import { at, text } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

export const functionHasItsOwnLog: Rule = {
  name: "function-has-its-own-log",
  description: "A function writes to a log group that the program declares.",
  severity: "medium",
  controls: ["OWN.LogGroupExists"],
  types: [functionType],
  check: ({ inputs }, view) => {
    const named = text(at(inputs, "loggingConfig", "logGroup")) || `/aws/lambda/${text(inputs.name)}`;
    const declared = view
      .ofType("aws:cloudwatch/logGroup:LogGroup")
      .some((group) => text(group.inputs.name ?? group.outputs.name) === named);
    return declared ? [] : [violation("no LogGroup has the name of the function's log")];
  },
};
