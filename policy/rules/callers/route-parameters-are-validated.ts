// Requests that API Gateway rejects cost no invocation. Bodies are not validated by it: see the exceptions.

import { restApiType } from "../../../graph/openapi";
import { documentOf, operationsOf } from "../../queries/operations";
import { at } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

export const routeParametersAreValidated: Rule = {
  name: "route-parameters-are-validated",
  description: "A REST API validates the parameters and the bodies of its requests.",
  severity: "medium",
  controls: ["OWN.ReqValidation", "API3"],
  types: [restApiType],
  check: (api, view) => {
    const document = documentOf(api);
    const operations = operationsOf(api, view).filter(({ preflight }) => !preflight);
    if (operations.length === 0) return undefined;
    const validators = operations.map(({ route, validator, modelsEveryBody }) => ({
      route,
      // GET and its kind have no body to validate.
      validatable: modelsEveryBody || !/^(POST|PUT|PATCH|ANY) /.test(route),
      settings: at(document, "x-amazon-apigateway-request-validators", validator),
    }));
    const bodies = validators.every(
      ({ validatable, settings }) => validatable && at(settings, "validateRequestBody") === true,
    );
    return [
      ...validators
        .filter(({ settings }) => at(settings, "validateRequestParameters") !== true)
        .map(({ route }) => violation("a route's parameters are not validated", route)),
      ...(bodies ? [] : [violation("bodies are not validated by the gateway", "body")]),
    ];
  },
};
