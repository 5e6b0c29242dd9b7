// A SigV4-signed call to an AWS service, with limits on time and size, no redirects, and verified certificates. Of the
// AWS SDK only the signer is used: loading more would cost the model function a third of its start.

import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { request as httpsRequest } from "node:https";
import { SignatureV4 } from "@smithy/signature-v4";
import { dnsSuffix } from "../../contract";

export interface SignedRequest {
  /** Service name in the signature: `s3`, `sagemaker`. */
  readonly service: string;
  readonly region: string;
  /** https URL of the service, without a path. */
  readonly endpoint: string;
  readonly method: "GET" | "PUT" | "POST";
  /** Percent-encoded, with a leading slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Maximum size of the response body, in bytes. */
  readonly limit: number;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** URL of a service: that of the region, or the one in the AWS SDKs' environment variable, which local runs set. */
export function endpointOf(service: "s3" | "sagemaker", region: string): string {
  const set = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`];
  if (set !== undefined && set !== "") return set;
  return `https://${service === "sagemaker" ? "api.sagemaker" : service}.${region}.${dnsSuffix(region)}`;
}

/**
 * Returns the response whatever its status.
 * @throws Error if there is none in time, it is too large, or there are no credentials
 */
export async function signedRequest(request: SignedRequest): Promise<Reply> {
  const url = new URL(request.endpoint);
  const signed = await signer(request).sign({
    method: request.method,
    protocol: "https:",
    hostname: url.hostname,
    path: request.path,
    headers: { ...request.headers, host: url.host, "x-amz-content-sha256": sha256(request.body) },
    body: request.body,
  });
  return exchange(url, request, signed.headers);
}

function signer({ service, region }: SignedRequest): SignatureV4 {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) {
    throw new Error("the function has no credentials");
  }
  return new SignatureV4({
    service,
    region,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
    },
    sha256: NodeSha256,
    // S3 alone signs the path as sent, without encoding it a second time.
    uriEscapePath: service !== "s3",
    applyChecksum: false,
  });
}

function exchange(url: URL, request: SignedRequest, headers: Record<string, string>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    // One timeout for the whole exchange: it also stops a server that keeps sending single bytes.
    const signal = AbortSignal.timeout(request.timeout);
    const sent = httpsRequest(
      { host: url.hostname, port: url.port, method: request.method, path: request.path, headers, signal },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > request.limit) {
            // Reject before destroying: data that has already arrived could still raise `end` and resolve.
            reject(new Error(`${request.service} answered more than ${request.limit} bytes`));
            sent.destroy();
            return;
          }
          chunks.push(chunk);
        });
        response.on("error", fail);
        response.on("end", () => {
          // The body is complete: one shorter than announced raises `error` ("aborted") instead.
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        });
      },
    );
    function fail(error: Error): void {
      reject(signal.aborted ? new Error(`${request.service} did not answer within ${request.timeout} ms`) : error);
    }
    sent.on("error", fail);
    sent.end(request.body);
  });
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Adapts node:crypto to the hash interface of the SDK's signer. */
class NodeSha256 {
  private hash: Hash | Hmac;
  constructor(private readonly secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = this.fresh();
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(typeof data === "string" ? data : bytesOf(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
  reset(): void {
    this.hash = this.fresh();
  }
  private fresh(): Hash | Hmac {
    if (this.secret === undefined) return createHash("sha256");
    return createHmac("sha256", typeof this.secret === "string" ? this.secret : bytesOf(this.secret));
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}
