// Every additional grant type is another way to obtain a token.

import { at, text, texts } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const auth0ClientIsAMachine: Rule = {
  name: "auth0-client-is-a-machine",
  description: "An Auth0 application gets tokens only with client credentials, conforms to OIDC, and signs with RS256.",
  severity: "medium",
  controls: ["OWN.Auth0Api", "API2"],
  types: ["auth0:index/client:Client"],
  check: ({ inputs }) =>
    unmet({
      "grantTypes is not client_credentials alone": texts(inputs.grantTypes).join() === "client_credentials",
      "appType is not non_interactive": inputs.appType === "non_interactive",
      "oidcConformant is not true": inputs.oidcConformant === true,
      "jwtConfiguration.alg is not RS256": text(at(inputs, "jwtConfiguration", "alg")) === "RS256",
      "crossOriginAuth is true": inputs.crossOriginAuth !== true,
    }),
};
