// A header that cannot be a token must not cost an invocation, and the authorizer must be a function of this program.

import { authorizersOf, authorizerTypes } from "../../queries/authorizers";
import { callsFunction, functionType } from "../../queries/functions";
import { text } from "../../queries/read";
import { flaw, type Rule } from "../../queries/rule";

export const authorizerRefusesWhatIsNoToken: Rule = {
  name: "authorizer-refuses-what-is-no-token",
  says: "A TOKEN authorizer refuses malformed headers before its function runs, and the function belongs to this program.",
  types: authorizerTypes,
  check: (resource, view) => {
    const tokens = authorizersOf(resource, view).filter(({ kind }) => kind === "token" || kind === "request");
    if (tokens.length === 0) return undefined;
    return tokens.flatMap(({ name, kind, uri, validation }) => [
      ...(kind === "token" && !isAnchored(validation)
        ? [flaw("identityValidationExpression is not set, or matches a part of the header", name)]
        : []),
      ...(view.ofType(functionType).some(({ inputs }) => callsFunction(uri, text(inputs.name)))
        ? []
        : [flaw("authorizerUri names no function of this program", name)]),
    ]);
  },
};

function isAnchored(expression: string): boolean {
  return expression.startsWith("^") && expression.endsWith("$") && expression.replace(/^\^?(\.[*+])?\$?$/, "") !== "";
}
