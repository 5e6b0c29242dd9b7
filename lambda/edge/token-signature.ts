// The signature of a token, checked by aws-jwt-verify; and its issuer, audience and dates once more, as a second line.

import { verifyJwtSync } from "aws-jwt-verify/jwt-verifier";
import type { SigningKey } from "../core/signing-keys";
import { clockSkew, type Expected } from "../core/token-claims";

/**
 * Whether the token is signed with this key.
 * The key object comes from the set that is current. The library's own cache goes by `kid` and would keep on verifying with a
 * key that its issuer has replaced under the same `kid`.
 */
export function isSigned(token: string, { jwk, key }: SigningKey, expected: Expected): boolean {
  try {
    verifyJwtSync(token, jwk, { ...expected, graceSeconds: clockSkew }, () => key);
    return true;
  } catch {
    return false;
  }
}
