// Signature Version 4. Written here, not taken from the AWS SDK: its signer takes several times as long, and a model at an endpoint
// costs a signature with every request.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

import { createHash, createHmac, hash } from "node:crypto";

/** Of a role, or of a user, who has no session. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

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
 * The headers with the signature and what it covers besides: names and values in turn, as Node's client takes them.
 * @param now milliseconds since the epoch
 */
export function signed(request: Unsigned, credentials: Credentials, now: number): string[] {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const { method, path, service, region } = request;
  const iso = new Date(now).toISOString();
  const day = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}`;
  const time = `${day}T${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const body = sha256(request.body);
  // Pairs, not an object: one that gets such names one by one costs as much as a hash.
  const headers = Object.entries(request.headers);
  headers.push(["x-amz-date", time]);
  // S3 alone asks for it: every other service hashes what arrives.
  if (service === "s3") headers.push(["x-amz-content-sha256", body]);
  if (sessionToken !== undefined) headers.push(["x-amz-security-token", sessionToken]);
  headers.sort(([one], [other]) => (one < other ? -1 : 1));
  const list: string[] = [];
  let [values, names] = ["", ""];
  for (const [name, value] of headers) {
    list.push(name, value);
    values += `${name}:${collapsed(value)}\n`;
    names += names === "" ? name : `;${name}`;
  }
  // S3 alone signs the path as sent, without encoding it a second time.
  const uri = service === "s3" || plain.test(path) ? path : path.split("/").map(encoded).join("/");
  const canonical = hash("sha256", `${method}\n${uri}\n\n${values}\n${names}\n${body}`);
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${canonical}`;
  const signature = createHmac("sha256", keyOf(secretAccessKey, scope)).update(text).digest("hex");
  const credential = `Credential=${accessKeyId}/${scope}`;
  list.push("authorization", `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`);
  return list;
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

function sha256(parts: readonly Uint8Array[]): string {
  // Of what lies in one piece without a stream: it takes a quarter of the time.
  if (parts.length === 1) return hash("sha256", parts[0]!);
  const stream = createHash("sha256");
  for (const part of parts) stream.update(part);
  return stream.digest("hex");
}

/** A header's value without blanks around it, and with single ones within. */
function collapsed(value: string): string {
  return value.includes(" ") ? value.trim().replace(/ +/g, " ") : value;
}

/** A path that encoding does not change. */
const plain = /^[\w.~/-]*$/;

/** RFC 3986 leaves letters, digits and `-._~` alone; encodeURIComponent a few more. */
function encoded(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
