// One open route is an open API: whoever reaches the function may try everything on it.

import {
  documentOperations,
  httpApiType,
  methodType,
  type Operation,
  resourceOperation,
  restApiType,
  routeType,
} from "../operations";
import { flaw, type Rule } from "../rule";

export const routeAsksWhoCalls: Rule = {
  name: "route-asks-who-calls",
  says: "Every route requires a credential, except a browser's CORS preflight, which the gateway answers by itself.",
  types: [restApiType, httpApiType, methodType, routeType],
  check: (resource) => {
    const isDocument = resource.type === restApiType || resource.type === httpApiType;
    const operations = isDocument ? documentOperations(resource) : [resourceOperation(resource)];
    if (operations.length === 0) return undefined;
    return operations.filter(isOpen).map(({ route }) => flaw("a route asks for nothing", route));
  },
};

/** Whether some alternative, or their absence, lets a call through that proves nothing. */
function isOpen({ alternatives, preflight }: Operation): boolean {
  if (preflight) return false;
  return (
    alternatives.length === 0 ||
    // A scheme that the gateway does not know is ignored by it: it must not stand for a protection.
    alternatives.some((alternative) => alternative.every(({ kind }) => kind === "none"))
  );
}
