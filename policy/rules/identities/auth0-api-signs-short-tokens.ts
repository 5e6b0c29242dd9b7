// With HS256, every API that shares the secret can forge tokens; and a leaked token stays usable until it expires.

import { amount, at, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

const longest = 86_400;

export const auth0ApiSignsShortTokens: Rule = {
  name: "auth0-api-signs-short-tokens",
  description:
    "An Auth0 API signs with RS256, issues tokens for a day at most, issues no refresh tokens (offline access), enforces its policies, and demands a grant of every application.",
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
      // Without a word on users, any application of the tenant gets tokens for the people who log in to it.
      "subjectTypeAuthorization does not require a grant of machines": /^(require_client_grant|deny_all)$/.test(
        policyOf(inputs.subjectTypeAuthorization, "client"),
      ),
      "subjectTypeAuthorization does not restrict tokens of users": /^(require_client_grant|deny_all)$/.test(
        policyOf(inputs.subjectTypeAuthorization, "user"),
      ),
    }),
};

function policyOf(authorization: unknown, subject: "client" | "user"): string {
  return text(at(authorization, subject, "policy"));
}
