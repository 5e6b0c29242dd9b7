// Signs access tokens.

import { SignJWT, type JWTPayload } from "jose";
import type { SigningKey } from "./keys";
import type { Grant } from "./token-endpoint";

/** A token before it is signed. */
export interface Draft {
  readonly claims: JWTPayload;
  /** `typ` header parameter; absent if the grant has none. */
  readonly type?: string;
  readonly key: SigningKey;
}

/** @param now seconds since the epoch */
export function draft(grant: Grant, issuer: string, key: SigningKey, now: number): Draft {
  // Cognito adds the time when the client authenticated, which for client credentials is now.
  const authTime = "token_use" in grant.claims ? { auth_time: now } : {};
  return {
    claims: { iss: issuer, ...grant.claims, ...authTime, iat: now, exp: now + grant.lifetime },
    key,
    ...(grant.type !== undefined && { type: grant.type }),
  };
}

export function sign({ claims, type, key }: Draft): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", kid: key.keyId, ...(type !== undefined && { typ: type }) })
    .sign(key.privateKey);
}
