// A single open route opens the API: anyone can then reach the function behind it.

import { httpApiType, restApiType } from "../../../graph/openapi";
import { documentOperations, methodType, type Operation, resourceOperation, routeType } from "../../queries/operations";
import { violation, type Rule } from "../../queries/rule";

export const routeRequiresAuthorization: Rule = {
  name: "route-requires-authorization",
  description:
    "Every route requires a credential, except a browser's CORS preflight, which the gateway answers by itself.",
  severity: "high",
  controls: ["OWN.RestAuth", "APIGateway.8", "API2", "API5"],
  types: [restApiType, httpApiType, methodType, routeType],
  check: (resource) => {
    const isDocument = resource.type === restApiType || resource.type === httpApiType;
    const operations = isDocument ? documentOperations(resource) : [resourceOperation(resource)];
    if (operations.length === 0) return undefined;
    return operations.filter(isOpen).map(({ route }) => violation("a route asks for nothing", route));
  },
};

/** Whether a call without credentials meets one of the alternatives, or there are none. */
function isOpen({ alternatives, preflight }: Operation): boolean {
  if (preflight) return false;
  return (
    alternatives.length === 0 ||
    // API Gateway ignores schemes that it does not recognise (`none`), so they protect nothing.
    alternatives.some((alternative) => alternative.every(({ kind }) => kind === "none"))
  );
}
