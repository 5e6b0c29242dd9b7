// Signature Version 4. Written here, not taken from the AWS SDK: its signer takes several times as long, and a model at an endpoint
// costs a signature with every request.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

import { createHash, createHmac } from "node:crypto";

export interface Unsigned {
  /** Service name in the signature: `s3`, `sagemaker`. */
  readonly service: string;
  readonly region: string;
  readonly method: string;
  /** Percent-encoded, with a leading slash and without a query. */
  readonly path: string;
  /** Names in lower case, `host` among them. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** In parts: they are hashed where they lie. */
  readonly body: readonly Uint8Array[];
}

/**
 * The headers with the signature and what it covers besides.
 * @param now milliseconds since the epoch
 * @throws Error if the environment holds no credentials
 */
export function signed(request: Unsigned, now: number): Record<string, string> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) {
    throw new Error("the function has no credentials");
  }
  const { method, path, service, region } = request;
  const time = new Date(now).toISOString().replace(/-|:|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const hash = sha256(request.body);
  const headers: Record<string, string> = { ...request.headers, "x-amz-date": time, "x-amz-content-sha256": hash };
  if (AWS_SESSION_TOKEN !== undefined) headers["x-amz-security-token"] = AWS_SESSION_TOKEN;
  const names = Object.keys(headers).sort();
  const values = names.map((name) => `${name}:${headers[name]!.trim().replace(/\s+/g, " ")}\n`).join("");
  // S3 alone signs the path as sent, without encoding it a second time.
  const uri = service === "s3" ? path : path.split("/").map(encoded).join("/");
  const canonical = `${method}\n${uri}\n\n${values}\n${names.join(";")}\n${hash}`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256([canonical])}`;
  const signature = createHmac("sha256", keyOf(AWS_SECRET_ACCESS_KEY, scope)).update(text).digest("hex");
  headers["authorization"] =
    `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return headers;
}

/** The last key that was derived: it is the same for a day. */
let derived: { readonly secret: string; readonly scope: string; readonly key: Buffer } | undefined;

function keyOf(secret: string, scope: string): Buffer {
  if (derived?.secret !== secret || derived.scope !== scope) {
    const first: Buffer | string = `AWS4${secret}`;
    const key = scope.split("/").reduce<Buffer | string>((under, part) => hmac(under, part), first) as Buffer;
    derived = { secret, scope, key };
  }
  return derived.key;
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** RFC 3986 leaves letters, digits and `-._~` alone; encodeURIComponent a few more. */
function encoded(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
