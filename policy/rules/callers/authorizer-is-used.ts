// An authorizer that no route uses gives a false impression of protection.

import { authorizersOf, authorizerTypes } from "../../queries/authorizers";
import { violation, type Rule } from "../../queries/rule";

export const authorizerIsUsed: Rule = {
  name: "authorizer-is-used",
  description: "Every authorizer that is declared guards a route.",
  severity: "high",
  controls: ["OWN.AuthorizerUsed", "API2"],
  types: authorizerTypes,
  check: (resource, view) => {
    const authorizers = authorizersOf(resource, view);
    if (authorizers.length === 0) return undefined;
    return authorizers.filter(({ used }) => !used).map(({ name }) => violation("an authorizer guards no route", name));
  },
};
