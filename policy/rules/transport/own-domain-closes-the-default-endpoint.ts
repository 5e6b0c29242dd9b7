// The default endpoint bypasses the custom domain's TLS policy and client certificates.

import { disablesDefaultEndpoint, httpApiType, restApiType } from "../../../graph/openapi";
import { documentOf } from "../../queries/operations";
import { type Rule, unmet } from "../../queries/rule";

export const ownDomainClosesTheDefaultEndpoint: Rule = {
  name: "own-domain-closes-the-default-endpoint",
  description: "An API with its own domain answers under no other name.",
  severity: "medium",
  controls: ["OWN.DefaultEndpoint", "API8"],
  types: [restApiType, httpApiType],
  check: (api, view) => {
    const mapped = [
      ...view.pointingAt(api, "aws:apigateway/basePathMapping:BasePathMapping", "restApi"),
      ...view.pointingAt(api, "aws:apigatewayv2/apiMapping:ApiMapping", "apiId"),
    ];
    if (mapped.length === 0) return undefined;
    // Importing an HTTP API's document resets every setting that the document omits.
    const inDocument = disablesDefaultEndpoint(documentOf(api));
    return unmet({
      "disableExecuteApiEndpoint is not true": api.inputs.disableExecuteApiEndpoint === true,
      "the document opens the default endpoint again":
        api.type === restApiType || api.inputs.body === undefined || inDocument,
    });
  },
};
