// A token proves who calls; its scopes say what for. Without one, every client of the issuer could predict.

import { httpApiType, restApiType } from "../../../graph/openapi";
import { operationsOf } from "../../queries/operations";
import { violation, type Rule } from "../../queries/rule";

export const tokenRoutesRequireAScope: Rule = {
  name: "token-routes-require-a-scope",
  description: "A route whose tokens the gateway itself verifies (JWT, Cognito) requires a scope.",
  severity: "medium",
  controls: ["OWN.RouteScopes", "API5"],
  types: [restApiType, httpApiType],
  check: (api, view) => {
    const asked = operationsOf(api, view).flatMap(({ route, alternatives }) =>
      alternatives
        .flat()
        .filter(({ kind }) => kind === "jwt" || kind === "cognito")
        .map((requirement) => ({ route, ...requirement })),
    );
    if (asked.length === 0) return undefined;
    return asked
      .filter(({ scopes }) => scopes.length === 0)
      .map(({ route }) => violation("a route asks for no scope", route));
  },
};
