// Without a grant an application gets no token for the API, and without scopes its token gives no access.

import { type Rule, unmet } from "../../queries/rule";
import { at, list, text } from "../../queries/read";

export const auth0ApiIsReachedByAGrant: Rule = {
  name: "auth0-api-is-reached-by-a-grant",
  description: "An Auth0 API declares scopes, and an application has a grant for it.",
  severity: "high",
  controls: ["OWN.Auth0Api"],
  types: ["auth0:index/resourceServer:ResourceServer"],
  check: ({ inputs }, view) => {
    const identifier = text(inputs.identifier);
    const scopes = view
      .ofType(
        "auth0:index/resourceServerScopes:ResourceServerScopes",
        "auth0:index/resourceServerScope:ResourceServerScope",
      )
      .filter((declared) => declared.inputs.resourceServerIdentifier === identifier);
    const grants = view
      .ofType("auth0:index/clientGrant:ClientGrant")
      .filter((grant) => grant.inputs.audience === identifier);
    return unmet({
      "no scopes are declared for the API": scopes.some(
        (declared) =>
          list(declared.inputs.scopes).some((item) => text(at(item, "name")) !== "") ||
          text(declared.inputs.scope) !== "",
      ),
      "no ClientGrant names the API": grants.length > 0,
    });
  },
};
