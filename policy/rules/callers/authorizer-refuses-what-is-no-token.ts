// A header that cannot be a token must not cost an invocation, and the authorizer must be a function of this program.

import { authorizersOf, authorizerTypes } from "../../queries/authorizers";
import { callsFunction, functionType } from "../../queries/lambda-functions";
import { text } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

export const authorizerRefusesWhatIsNoToken: Rule = {
  name: "authorizer-refuses-what-is-no-token",
  description:
    "A TOKEN authorizer refuses malformed headers before its function runs, and the function belongs to this program.",
  severity: "low",
  controls: ["OWN.AuthorizerInput", "API2"],
  types: authorizerTypes,
  check: (resource, view) => {
    const tokens = authorizersOf(resource, view).filter(({ kind }) => kind === "token" || kind === "request");
    if (tokens.length === 0) return undefined;
    return tokens.flatMap(({ name, kind, uri, validation }) => [
      ...(kind === "token" && !isAnchored(validation)
        ? [violation("identityValidationExpression is not set, or matches a part of the header", name)]
        : []),
      ...(view.ofType(functionType).some(({ inputs }) => callsFunction(uri, text(inputs.name)))
        ? []
        : [violation("authorizerUri names no function of this program", name)]),
    ]);
  },
};

function isAnchored(expression: string): boolean {
  return expression.startsWith("^") && expression.endsWith("$") && expression.replace(/^\^?(\.[*+])?\$?$/, "") !== "";
}
