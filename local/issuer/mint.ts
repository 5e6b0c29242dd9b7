// Signs access tokens.

import { SignJWT, type JWTPayload } from "jose";
import type { SigningKey } from "./keys";
import type { Grant } from "./token-endpoint";

/** A token before it is signed. */
export interface Draft {
  readonly claims: JWTPayload;
  /** `typ` of the header; absent as in the grant. */
  readonly type?: string;
  readonly key: SigningKey;
}

/** @param now seconds since the epoch */
export function draft(grant: Grant, issuer: string, key: SigningKey, now: number): Draft {
  // Cognito says when the client authenticated, which for a machine is now.
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
