// A function that continues after its caller has given up still costs money, and an attacker can cause that on purpose.

import { functionType, isBehindGateway } from "../../queries/lambda-functions";
import { amount } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const functionEndsInTime: Rule = {
  name: "function-ends-in-time",
  description: "A function has a timeout; behind a gateway, one below the gateway's 29 seconds.",
  severity: "low",
  controls: ["OWN.LambdaLimits", "API4"],
  types: [functionType],
  check: (resource, view) => {
    const timeout = amount(resource.inputs.timeout);
    return unmet({
      "timeout is not set": timeout > 0,
      "timeout is 29 or more, behind a gateway that waits 29 seconds": !isBehindGateway(resource, view) || timeout < 29,
    });
  },
};
