// An API key identifies but does not authenticate: it is sent with each call, long-lived, and bound to nobody.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html (best practices)

import { restApiType } from "../../../graph/openapi";
import { methodType, operationsOf } from "../../queries/operations";
import { violation, type Rule } from "../../queries/rule";

export const apiKeyIsNeverAlone: Rule = {
  name: "api-key-is-never-alone",
  description: "An API key is only used together with a protection that authenticates the caller.",
  severity: "high",
  controls: ["OWN.KeyNotAuth", "API2"],
  types: [restApiType],
  check: (api, view) => {
    const keyed = operationsOf(api, view).filter(({ alternatives }) =>
      alternatives.flat().some(({ kind }) => kind === "apiKey"),
    );
    if (keyed.length === 0 && view.ofType(methodType).length === 0) return undefined;
    const alone = keyed.some(({ alternatives }) =>
      alternatives.some((alternative) => alternative.every(({ kind }) => kind === "apiKey" || kind === "none")),
    );
    return alone ? [violation("routes ask for an API key and nothing else", "apiKey")] : [];
  },
};
