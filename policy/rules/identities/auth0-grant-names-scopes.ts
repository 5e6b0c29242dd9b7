// A grant must be limited to named scopes: one for all scopes also covers whatever the API adds later.

import { text, texts } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const auth0GrantNamesScopes: Rule = {
  name: "auth0-grant-names-scopes",
  description: "An Auth0 grant names its application, its audience and its scopes.",
  severity: "medium",
  controls: ["OWN.Auth0Api", "API5"],
  types: ["auth0:index/clientGrant:ClientGrant"],
  check: ({ inputs }) =>
    unmet({
      "clientId is not set": text(inputs.clientId) !== "",
      "audience is not set": text(inputs.audience) !== "",
      "scopes is empty": texts(inputs.scopes).filter(Boolean).length > 0,
      "allowAllScopes is true": inputs.allowAllScopes !== true,
    }),
};
