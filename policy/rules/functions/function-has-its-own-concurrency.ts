// Without reserved concurrency, a flood of calls to one function starves all others of the account, at unlimited cost.

import { functionType } from "../../queries/lambda-functions";
import { amount } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const functionHasItsOwnConcurrency: Rule = {
  name: "function-has-its-own-concurrency",
  description: "A function's concurrency is reserved, and so bounded.",
  severity: "low",
  controls: ["OWN.LambdaLimits", "API4"],
  types: [functionType],
  // The provider's value -1 means that none is reserved.
  check: ({ inputs }) =>
    unmet({ "reservedConcurrentExecutions is not set": amount(inputs.reservedConcurrentExecutions) >= 0 }),
};
