// Tokens that anyone can make from what an issuer publishes, and that every verifier must refuse (RFC 8725 section 2).

import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export type Claims = Readonly<Record<string, unknown>>;

const forgeries = ["wrong issuer", "foreign key, same kid", "unknown key", "alg none", "HS256, public key"] as const;
export type Forgery = (typeof forgeries)[number];

export function isForgery(kind: string): kind is Forgery {
  return (forgeries as readonly string[]).includes(kind);
}

/** The issuer's key, as it publishes it. */
export interface Published {
  readonly keyId: string;
  readonly publicKey: KeyObject;
}

let own: KeyObject | undefined;

/** @param claims those of a token that would be accepted */
export function forged(kind: Forgery, claims: Claims, { keyId, publicKey }: Published): string {
  own ??= generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  switch (kind) {
    case "alg none":
      return `${content({ alg: "none", typ: "JWT" }, claims)}.`;
    case "HS256, public key": {
      const text = content({ alg: "HS256", typ: "JWT", kid: keyId }, claims);
      const secret = publicKey.export({ type: "spki", format: "pem" });
      return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
    }
    case "foreign key, same kid":
      return signed(keyId, claims, own);
    case "unknown key":
      return signed("a-key-that-the-issuer-does-not-publish", claims, own);
    // The issuer's own signature over another issuer cannot be had: refused it must be all the same.
    case "wrong issuer":
      return signed(keyId, { ...claims, iss: "https://another-issuer.example.com/" }, own);
  }
}

function signed(kid: string, claims: Claims, key: KeyObject): string {
  const text = content({ alg: "RS256", typ: "JWT", kid }, claims);
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), key).toString("base64url")}`;
}

function content(header: object, claims: Claims): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
}
