// Without an audience, a token that the issuer gave out for any other API is accepted here.

import { authorizersOf, authorizerTypes } from "../../queries/authorizers";
import { violation, type Rule } from "../../queries/rule";

export const jwtAuthorizerNamesIssuerAndAudience: Rule = {
  name: "jwt-authorizer-names-issuer-and-audience",
  description: "A JWT authorizer names an https issuer and an audience; a Cognito authorizer names its user pool.",
  severity: "high",
  controls: ["OWN.JwtAuthorizer", "API2"],
  types: authorizerTypes,
  check: (resource, view) => {
    const authorizers = authorizersOf(resource, view).filter(({ kind }) => kind === "jwt" || kind === "cognito");
    if (authorizers.length === 0) return undefined;
    return authorizers.flatMap(({ name, kind, issuer, audiences, userPools }) => [
      ...(kind === "jwt" && !/^https:\/\/[^/\s]+/.test(issuer) ? [violation("issuer is not an https URL", name)] : []),
      ...(kind === "jwt" && audiences.length === 0 ? [violation("audience is empty", name)] : []),
      ...(kind === "cognito" && userPools.length === 0 ? [violation("providerARNs is empty", name)] : []),
    ]);
  },
};
