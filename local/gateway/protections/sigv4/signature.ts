// The signature that a call should carry, computed by the AWS SDK's own signer from what arrived and what was said to be signed.

import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { getSigningKey, SignatureV4Base } from "@smithy/signature-v4";
import type { Call } from "../../call";
import type { PresentedSignature } from "./presented";
import { queryOf } from "./query";

/** node:crypto in the shape the SDK's signer asks for: SHA-256, keyed or not. */
export class Sha256 {
  private readonly hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret instanceof ArrayBuffer ? new Uint8Array(secret) : secret;
    this.hash =
      key === undefined
        ? createHash("sha256")
        : createHmac("sha256", typeof key === "string" ? key : Buffer.from(key.buffer, key.byteOffset, key.byteLength));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    if (typeof data === "string") this.hash.update(data);
    else if (data instanceof ArrayBuffer) this.hash.update(new Uint8Array(data));
    else this.hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
  reset(): void {
    throw new Error("a digest is used once");
  }
}

/** Opens the canonical request and the string to sign, which the signer keeps for its subclasses. */
class Canonical extends SignatureV4Base {
  /** @param uriEscapePath every service but S3 signs the path as sent, encoded once more */
  constructor(uriEscapePath: boolean) {
    const credentials = { accessKeyId: "", secretAccessKey: "" };
    super({ service: "execute-api", region: "", credentials, sha256: Sha256, uriEscapePath });
  }
  stringToSign(call: Call, presented: PresentedSignature, bodyHash: string): Promise<string> {
    const headers: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const name of presented.signedHeaders) headers[name] = canonicalValue(call, name);
    const request = {
      method: call.method,
      protocol: "https:",
      hostname: "",
      path: call.stagePath,
      query: queryBag(call.rawQuery),
      headers: {},
    };
    const canonicalRequest = this.createCanonicalRequest(request, headers, bodyHash);
    return this.createStringToSign(presented.date, presented.scope.join("/"), canonicalRequest, "AWS4-HMAC-SHA256");
  }
}

const canonical = new Canonical(true);
const canonicalOfS3 = new Canonical(false);

/** SHA-256 of a body, lower-case hex. */
export function hashOf(body: Buffer): string {
  return createHash("sha256").update(body).digest("hex");
}

/**
 * The signature expected of a call: 32 bytes.
 * @param secretAccessKey of the key that the call names
 * @param bodyHash of the body that arrived, whatever `x-amz-content-sha256` says: execute-api signs the payload always
 *   (UNSIGNED-PAYLOAD is S3's; here it would let anyone on the way change the body)
 */
export async function expectedSignature(
  call: Call,
  presented: PresentedSignature,
  secretAccessKey: string,
  bodyHash: string,
): Promise<Buffer> {
  const [date, region, service] = presented.scope;
  const credentials = { accessKeyId: presented.accessKeyId, secretAccessKey };
  const key = await getSigningKey(Sha256, credentials, date, region, service);
  const text = await (service === "s3" ? canonicalOfS3 : canonical).stringToSign(call, presented, bodyHash);
  return createHmac("sha256", key).update(text).digest();
}

/** A header's values as signed: trimmed, runs of blanks made one, duplicates joined in order. */
function canonicalValue(call: Call, name: string): string {
  return call.headers
    .filter(([sent]) => sent.toLowerCase() === name)
    .map(([, value]) => value.replace(/[ \t]+/g, " ").replace(/^ | $/g, ""))
    .join(",");
}

function queryBag(rawQuery: string): Record<string, string[]> {
  const bag: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of queryOf(rawQuery) ?? []) (bag[name] ??= []).push(value);
  return bag;
}
