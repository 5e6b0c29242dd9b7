// Computes a request's expected signature with the AWS SDK's signer, from what arrived and the list of signed headers.

import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { getSigningKey, SignatureV4Base } from "@smithy/signature-v4";
import type { ApiRequest } from "../../server/api-request";
import { type PresentedSignature, queryOf } from "./presented";

/** Adapts node:crypto to the interface of the SDK's signer: SHA-256, or HMAC-SHA-256 with a secret. */
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

/** Gives access to the signer's protected methods for the canonical request and the string to sign. */
class Canonical extends SignatureV4Base {
  /** @param uriEscapePath false for S3; every other service signs the path as sent, URI-encoded once more */
  constructor(uriEscapePath: boolean) {
    const credentials = { accessKeyId: "", secretAccessKey: "" };
    super({ service: "execute-api", region: "", credentials, sha256: Sha256, uriEscapePath });
  }
  stringToSign(request: ApiRequest, presented: PresentedSignature, bodyHash: string): Promise<string> {
    const headers: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const name of presented.signedHeaders) headers[name] = canonicalValue(request, name);
    const sent = {
      method: request.method,
      protocol: "https:",
      hostname: "",
      path: request.stagePath,
      query: queryBag(request.rawQuery),
      headers: {},
    };
    const canonicalRequest = this.createCanonicalRequest(sent, headers, bodyHash);
    return this.createStringToSign(presented.date, presented.scope.join("/"), canonicalRequest, "AWS4-HMAC-SHA256");
  }
}

const canonical = new Canonical(true);
const canonicalOfS3 = new Canonical(false);

/** SHA-256 of a body, in lower-case hex. */
export function hashOf(body: Buffer): string {
  return createHash("sha256").update(body).digest("hex");
}

/**
 * The expected signature of a request: 32 bytes.
 * @param secretAccessKey of the access key that the request names
 * @param bodyHash of the body that arrived, regardless of `x-amz-content-sha256`: execute-api always signs the payload
 *   (UNSIGNED-PAYLOAD exists for S3; here it would let anyone in between change the body)
 */
export async function expectedSignature(
  request: ApiRequest,
  presented: PresentedSignature,
  secretAccessKey: string,
  bodyHash: string,
): Promise<Buffer> {
  const [date, region, service] = presented.scope;
  const credentials = { accessKeyId: presented.accessKeyId, secretAccessKey };
  const key = await getSigningKey(Sha256, credentials, date, region, service);
  const text = await (service === "s3" ? canonicalOfS3 : canonical).stringToSign(request, presented, bodyHash);
  return createHmac("sha256", key).update(text).digest();
}

/** A header's values in canonical form: trimmed, consecutive blanks collapsed, duplicates joined in order. */
function canonicalValue(request: ApiRequest, name: string): string {
  return request.headers
    .filter(([own]) => own.toLowerCase() === name)
    .map(([, value]) => value.replace(/[ \t]+/g, " ").replace(/^ | $/g, ""))
    .join(",");
}

function queryBag(rawQuery: string): Record<string, string[]> {
  const bag: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of queryOf(rawQuery) ?? []) (bag[name] ??= []).push(value);
  return bag;
}
