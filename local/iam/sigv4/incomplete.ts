// What API Gateway says about an Authorization header that is no complete signature, such as a bearer token: on a route
// with IAM, and on one that does not exist. The header itself is never repeated: AWS shows its hash (since 2024).

import { createHash } from "node:crypto";

const parts = ["Credential", "Signature", "SignedHeaders"] as const;

/** @returns the message; `undefined` if no part is missing, so that something else is wrong */
export function incompleteMessage(
  authorization: string,
  headers: readonly (readonly [name: string, value: string])[],
): string | undefined {
  const hash = createHash("sha256").update(authorization, "latin1").digest("base64");
  const blank = authorization.indexOf(" ");
  const pairs = blank === -1 ? [] : authorization.slice(blank + 1).split(",");
  // awslabs/time-addressable-media-store#8 shows the text. That the whole header is hashed is our reading.
  if (pairs.some((pair) => !pair.includes("=")))
    return `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`;
  const names = new Set(pairs.map((pair) => pair.slice(0, pair.indexOf("=")).trim()));
  const lacks = parts
    .filter((part) => !names.has(part))
    .map((part) => `Authorization header requires '${part}' parameter. `);
  if (!headers.some(([name]) => /^(?:x-amz-)?date$/i.test(name)))
    lacks.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  if (lacks.length === 0) return undefined;
  return `${lacks.join("")}(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`;
}
