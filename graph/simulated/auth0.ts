// Computed outputs of Auth0 APIs, applications and grants.

import { type Rows, text } from "./row";

export const auth0: Rows = {
  "auth0:index/client:Client": ({ alphanumeric }) => {
    const id = alphanumeric("id", 32);
    return { id, clientId: id, signingKeys: [], secrets: ["signingKeys"] };
  },
  "auth0:index/clientCredentials:ClientCredentials": ({ inputs, secret }) => ({
    id: text(inputs.clientId),
    clientSecret: secret("secret", 64),
    secrets: ["clientSecret"],
  }),
  "auth0:index/clientGrant:ClientGrant": ({ alphanumeric }) => ({ id: `cgr_${alphanumeric("id", 16)}` }),
  "auth0:index/resourceServer:ResourceServer": ({ hex }) => ({
    id: hex("id", 24),
    isSystem: false,
    clientId: "",
  }),
  "auth0:index/resourceServerScopes:ResourceServerScopes": ({ inputs }) => ({
    id: text(inputs.resourceServerIdentifier),
  }),
};
