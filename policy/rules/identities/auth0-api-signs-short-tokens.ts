// With HS256, every API that shares the secret can forge tokens; and a leaked token stays usable until it expires.

import { amount, at } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

const longest = 86_400;

export const auth0ApiSignsShortTokens: Rule = {
  name: "auth0-api-signs-short-tokens",
  description:
    "An Auth0 API signs with RS256, issues tokens for a day at most, issues no refresh tokens (offline access), and enforces its policies.",
  severity: "high",
  controls: ["OWN.Auth0Api"],
  types: ["auth0:index/resourceServer:ResourceServer"],
  check: ({ inputs }) =>
    unmet({
      "signingAlg is not RS256": inputs.signingAlg === "RS256",
      "tokenLifetime is over 86400, or Auth0's default": amount(inputs.tokenLifetime) <= longest,
      "tokenLifetimeForWeb is over 86400":
        inputs.tokenLifetimeForWeb === undefined || amount(inputs.tokenLifetimeForWeb) <= longest,
      "allowOfflineAccess is not false": inputs.allowOfflineAccess === false,
      "enforcePolicies is not true": inputs.enforcePolicies === true,
      "a machine needs no grant": at(inputs, "subjectTypeAuthorization", "client", "policy") !== "allow_all",
    }),
};
