// How a matrix says what it knows: protections in a few words, credentials in a sentence each.

import type { Api } from "./apis";
import type { Ask } from "./asks";
import type { ListedClient } from "./clients";
import type { Door } from "./doors";

/** What a route asks for, for example `IAM signature + API key`. */
export function asked({ who, key }: Ask): string {
  const words = {
    anyone: "",
    signature: "IAM signature",
    pool: "user pool token",
    lambda: "token (Lambda authorizer)",
    jwt: "token (JWT authorizer)",
  }[who.kind];
  const scopes =
    "scopes" in who && who.scopes.length > 0 ? ` with ${who.scopes.map((scope) => `\`${scope}\``).join(" or ")}` : "";
  return [words + scopes, key ? "API key" : ""].filter((word) => word !== "").join(" + ") || "**NOTHING**";
}

/** Whose tokens a route takes, where it takes tokens. */
export function tokensAsked({ who }: Ask): string | undefined {
  if (!("tokensOf" in who)) return undefined;
  return `tokens of \`${who.tokensOf.issuer}\` for \`${who.tokensOf.audience.join("`, `")}\``;
}

/** An address and its handshake. */
export function described(door: Door): string {
  if (door.disabled) return "**disabled**: it answers nobody";
  return [
    `TLS ${door.tls} or newer${door.tls === "1.0" ? " (**too old**)" : ""}`,
    door.mutualTls ? "a client certificate of the truststore" : "no client certificate asked for",
    ...(door.strictHost ? ["Host as in the handshake"] : []),
  ].join(", ");
}

/** The networks that an API allows, where it does not allow all. */
export function networksOf({ policy }: Pick<Api, "policy">): string {
  return (policy?.networks ?? []).map((network) => `\`${network}\``).join(", ");
}

/** A client, by what it is told apart by, and what it may call. */
export function listed({ name, principal, models }: ListedClient): string {
  const who = principal === undefined ? "" : ` (\`${principal}\`)`;
  const what = models === undefined ? "every model" : models.map((model) => `\`${model}\``).join(", ");
  return `${name}${who}: ${what}`;
}

/** Of the titles that stand over columns, in the order of the rule table. */
export function meaningsOf(columns: readonly string[]): [string, string][] {
  const titles = columns.map((name) => name.replace(/^client [^,]+/, "client …"));
  return Object.entries(meanings).filter(([title]) => titles.includes(title));
}

/** What a column's title stands for. In each, the parts of a credential that are not named are right. */
const meanings: Readonly<Record<string, string>> = {
  nothing: "nothing of what the route asks for",
  "no certificate": "a handshake without a client certificate",
  "foreign certificate": "a client certificate of an authority that is not in the truststore",
  unsigned: "no signature",
  "malformed signature": "a Signature Version 4 header without its parts",
  "badly signed": "the caller's access key, signed with another secret",
  "signed an hour ago": "a good signature that is an hour old (it holds five minutes)",
  "unknown access key": "signed with a key that nobody has",
  "well signed by a stranger": "signed by a principal of the account that has no policy",
  "signed in another account": "signed by a principal of another account, which allows it all there",
  "no token": "no token",
  "malformed token": "a bearer token that is not a JWT",
  "expired token": "a token that was good until an hour ago",
  "not yet valid": "a token that is good in an hour",
  "wrong audience": "the issuer's token for another API",
  "wrong issuer": "a token that names another issuer",
  "foreign key, same kid": "a token signed with another key, under the id of the issuer's",
  "unknown key": "a token signed with a key that the issuer does not publish",
  "alg none": "a token without a signature",
  "HS256, public key": "a token signed by HMAC, with the issuer's public key as the secret",
  "ID token": "an ID token of the same client",
  "no scope": "a good access token without the scope",
  "no key": "no API key",
  "wrong key": "an API key that does not exist",
  "key over quota": "the right API key, after its quota is used up",
  "nothing, another network": "nothing, from an address outside of the networks that are allowed",
  "another network": "everything that the route asks for, from an address outside of the networks that are allowed",
  "unlisted caller": "signed by a principal that the stack's policy lets call, and that is not one of the clients",
  "client …": "the client's own credentials, for a model that it may call",
  "client …, another's model": "the client's own credentials, for a model that it may not call",
  "all right": "everything that the route asks for; **a status here below 400 is a call let in**",
};
