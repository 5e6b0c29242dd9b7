// Texts of a matrix: a phrase for each authorization, a sentence for each credential.

import type { Api } from "./apis";
import type { RouteRequirements } from "./routes";
import type { ListedClient } from "./clients";
import type { Endpoint } from "./endpoints";

/** What a route requires, for example `IAM signature + API key`. */
export function requirementsLabel({ authorization, apiKey: key }: RouteRequirements): string {
  const words = {
    anyone: "",
    signature: "IAM signature",
    pool: "user pool token",
    lambda: "token (Lambda authorizer)",
    jwt: "token (JWT authorizer)",
  }[authorization.kind];
  const scopes =
    "scopes" in authorization && authorization.scopes.length > 0
      ? ` with ${authorization.scopes.map((scope) => `\`${scope}\``).join(" or ")}`
      : "";
  return [words + scopes, key ? "API key" : ""].filter((word) => word !== "").join(" + ") || "**NOTHING**";
}

/** Issuer and audience of the tokens that a route accepts; `undefined` if it requires no tokens, or for a user pool's. */
export function tokensLabel({ authorization }: RouteRequirements): string | undefined {
  if (!("tokensOf" in authorization)) return undefined;
  return `tokens of \`${authorization.tokensOf.issuer}\` for \`${authorization.tokensOf.audience.join("`, `")}\``;
}

/** The TLS settings of an address. */
export function endpointLabel(endpoint: Endpoint): string {
  if (endpoint.disabled) return "**disabled**: it serves nobody";
  return [
    `TLS ${endpoint.tls} or newer${endpoint.tls === "1.0" ? " (**too old**)" : ""}`,
    endpoint.mutualTls ? "a client certificate from an authority in the truststore" : "no client certificate required",
    ...(endpoint.strictHost ? ["Host header must match the handshake"] : []),
  ].join(", ");
}

/** The networks that an API allows; empty if it allows all. */
export function networksLabel({ policy }: Pick<Api, "policy">): string {
  return (policy?.networks ?? []).map((network) => `\`${network}\``).join(", ");
}

/** A client: its name, its principal, and the models that it may call. */
export function clientLabel({ name, principal, models }: ListedClient): string {
  const who = principal === undefined ? "" : ` (\`${principal}\`)`;
  const what = models === undefined ? "every model" : models.map((model) => `\`${model}\``).join(", ");
  return `${name}${who}: ${what}`;
}

/** Title and meaning of the given columns, in the order of `meanings`. */
export function meaningsOf(columns: readonly string[]): [string, string][] {
  const titles = columns.map((name) => name.replace(/^client [^,]+/, "client …"));
  return Object.entries(meanings).filter(([title]) => titles.includes(title));
}

/** Meaning of each column title. Parts of a credential that a title does not name are correct. */
const meanings: Readonly<Record<string, string>> = {
  nothing: "no credential at all",
  "no certificate": "a handshake without a client certificate",
  "foreign certificate": "a client certificate of an authority that is not in the truststore",
  "expired certificate": "a client certificate that was valid until an hour ago",
  unsigned: "no signature",
  "malformed signature": "an incomplete Signature Version 4 header",
  "badly signed": "the caller's access key id, signed with another secret key",
  "signed an hour ago": "a correct signature that is an hour old (it is valid for five minutes)",
  "unknown access key": "signed with an access key that does not exist",
  "well signed by a stranger": "correctly signed by a principal of this account whose policies do not allow the call",
  "signed in another account":
    "correctly signed by a principal of another account, whose own account allows it everything",
  "no token": "no token",
  "malformed token": "a bearer token that is not a JWT",
  "expired token": "a token that expired an hour ago",
  "not yet valid": "a token that becomes valid in an hour",
  "wrong audience": "the issuer's token for another API",
  "wrong issuer": "a token that names another issuer",
  "foreign key, same kid": "a token signed with another key, under the key id of the issuer's key",
  "unknown key": "a token signed with a key that the issuer does not publish",
  "alg none": "a token without a signature",
  "HS256, public key": "a token signed by HMAC, with the issuer's public key as the secret",
  "ID token": "an ID token of the same client",
  "no scope": "a valid access token without the scope",
  "no key": "no API key",
  "wrong key": "an API key that does not exist",
  "key over quota": "the right API key, after its quota is used up",
  "nothing, another network": "no credential, from an address outside the allowed networks",
  "another network": "everything that the route requires, from an address outside the allowed networks",
  "unlisted caller": "signed by a principal whose IAM policy allows the call, but who is not one of the clients",
  "client …": "the client's own credentials, for a model that it may call",
  "client …, another's model": "the client's own credentials, for a model that it may not call",
  "all right": "everything that the route requires; **a status below 400 here means that the call is allowed**",
};
