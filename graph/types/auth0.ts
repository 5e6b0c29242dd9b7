// Resource types of Auth0.

import { type ResourceTypes, text } from "./resource-type";

export const auth0: ResourceTypes = {
  "auth0:index/client:Client": {
    outputs: ({ alphanumeric }) => {
      const id = alphanumeric("id", 32);
      return { id, clientId: id, signingKeys: [], secrets: ["signingKeys"] };
    },
    replaceOnChanges: [],
    reviewed: "read by rules",
  },
  "auth0:index/clientCredentials:ClientCredentials": {
    outputs: ({ inputs, secret }) => ({
      id: text(inputs.clientId),
      clientSecret: secret("secret", 64),
      secrets: ["clientSecret"],
    }),
    replaceOnChanges: ["clientId"],
    reviewed: "read by rules",
  },
  "auth0:index/clientGrant:ClientGrant": {
    outputs: ({ alphanumeric }) => ({ id: `cgr_${alphanumeric("id", 16)}` }),
    replaceOnChanges: ["audience", "clientId"],
    reviewed: "read by rules",
  },
  "auth0:index/resourceServer:ResourceServer": {
    outputs: ({ hex }) => ({
      id: hex("id", 24),
      isSystem: false,
      clientId: "",
    }),
    replaceOnChanges: ["identifier"],
    reviewed: "read by rules",
  },
  "auth0:index/resourceServerScopes:ResourceServerScopes": {
    outputs: ({ inputs }) => ({
      id: text(inputs.resourceServerIdentifier),
    }),
    replaceOnChanges: ["resourceServerIdentifier"],
    reviewed: "read by rules",
  },
};
