// Tokens that must be rejected, each for one reason and otherwise genuine, for testing the authorizers.

import { createHmac } from "node:crypto";
import { UnsecuredJWT } from "jose";
import { newSigningKey, sign, type Draft } from "./signing-keys";

/** An hour, in seconds. */
const hour = 3_600;

function claiming(genuine: Draft, claims: Readonly<Record<string, unknown>>): Draft {
  return { ...genuine, claims: { ...genuine.claims, ...claims } };
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Each kind changes a genuine draft in one respect and returns the signed token. */
export const madeToFail = {
  expired: (genuine: Draft) =>
    sign(claiming(genuine, { iat: genuine.claims.iat! - 2 * hour, exp: genuine.claims.iat! - hour })),
  /** Not even at its end, when a verifier that allows some difference between clocks would take it. */
  notYetValid: (genuine: Draft) => sign(claiming(genuine, { nbf: genuine.claims.exp! + hour })),
  wrongAudience: (genuine: Draft) => sign(claiming(genuine, { aud: "https://another-api.example.com/" })),
  wrongIssuer: (genuine: Draft) => sign(claiming(genuine, { iss: "https://another-issuer.example.com/" })),
  noScope: (genuine: Draft) => sign(claiming(genuine, { scope: undefined })),
  /** Has the claims of an ID token for the same client. */
  idToken: (genuine: Draft) => sign(claiming(genuine, { token_use: "id", nonce: "n-0S6_WzA2Mj", scope: undefined })),
  /** Signed with an unpublished key, but with the `kid` of the published one. */
  foreignKey: async (genuine: Draft) => {
    const foreign = await newSigningKey();
    return sign({ ...genuine, key: { ...foreign, keyId: genuine.key.keyId } });
  },
  /** Signed with an unpublished key and with that key's own `kid`. */
  unknownKey: async (genuine: Draft) => sign({ ...genuine, key: await newSigningKey() }),
  algNone: (genuine: Draft) => Promise.resolve(new UnsecuredJWT(genuine.claims).encode()),
  /** HMAC keyed with the public key: passes a verifier that trusts the token's `alg` (RFC 8725 section 2.1). */
  algHs256: ({ claims, type, key }: Draft) => {
    const content = `${base64url({ alg: "HS256", kid: key.keyId, typ: type ?? "JWT" })}.${base64url(claims)}`;
    const secret = key.publicKey.export({ type: "spki", format: "pem" });
    return Promise.resolve(`${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`);
  },
} as const satisfies Record<string, (genuine: Draft) => Promise<string>>;

export type FailingKind = keyof typeof madeToFail;

export function isFailingKind(kind: string): kind is FailingKind {
  return Object.hasOwn(madeToFail, kind);
}
