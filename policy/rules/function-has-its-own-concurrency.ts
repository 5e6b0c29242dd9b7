// Without a reservation one function's flood starves all others of the account, and its cost has no bound.

import { functionType } from "../functions";
import { amount } from "../read";
import { type Rule, unmet } from "../rule";

export const functionHasItsOwnConcurrency: Rule = {
  name: "function-has-its-own-concurrency",
  says: "A function's concurrency is reserved, and so bounded.",
  types: [functionType],
  // -1 is how the provider says that none is reserved.
  check: ({ inputs }) =>
    unmet({ "reservedConcurrentExecutions is not set": amount(inputs.reservedConcurrentExecutions) >= 0 }),
};
