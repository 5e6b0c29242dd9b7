// A function that continues after its caller has given up still costs money, and an attacker can cause that on purpose.

import { httpApiType, restApiType } from "../../../graph/openapi";
import type { Resource } from "../../../graph/resource";
import { authorizersOf } from "../../queries/authorizers";
import { callsFunction, functionType } from "../../queries/lambda-functions";
import { documentOperations } from "../../queries/operations";
import { amount, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import type { View } from "../../queries/view";

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

/** Whether a route or authorizer in an API's document invokes the function. */
function isBehindGateway({ inputs }: Resource, view: View): boolean {
  return view.ofType(restApiType, httpApiType).some((api) => {
    const uris = documentOperations(api).map(({ integration }) => text(integration.uri));
    return [...uris, ...authorizersOf(api, view).map(({ uri }) => uri)].some((uri) =>
      callsFunction(uri, text(inputs.name)),
    );
  });
}
