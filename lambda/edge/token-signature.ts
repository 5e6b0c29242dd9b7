// The signature of a token, checked by node:crypto, and its issuer, audience and dates once more by aws-jwt-verify, so that a
// mistake in our own reading of the claims has to meet one in theirs before it lets anyone through.
//
// Signature and algorithm are not left to that library too: its functions that check signatures parse the token again (29 µs of
// CPU in all, against 24), or, where they don't, bring so much along that the authorizer has 23 KB; and they keep imported
// keys by `kid`, going on with a key that its issuer has replaced under the same `kid`.

import { verify } from "node:crypto";
import { validateJwtFields } from "aws-jwt-verify/jwt";
import type { JwtPayload } from "aws-jwt-verify/jwt-model";
import type { SigningKey } from "../core/signing-keys";
import type { Token } from "../core/token";
import { clockSkew, type Expected } from "../core/token-claims";

/** Whether the token is signed with this key by RS256, RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3), and for us. */
export function isSigned({ claims, parts: [header, payload, signature] }: Token, key: SigningKey, expected: Expected) {
  if (!verify("RSA-SHA256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url")))
    return false;
  try {
    validateJwtFields(claims as JwtPayload, { ...expected, graceSeconds: clockSkew });
    return true;
  } catch {
    return false;
  }
}
