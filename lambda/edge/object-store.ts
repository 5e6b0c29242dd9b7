// S3 objects: read up to a size limit, and written conditionally, so that no concurrent change is overwritten.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html

import type { Reply } from "./https-exchange";
import { endpointOf, signedRequest } from "./signed-request";

export interface StoredObject {
  readonly body: Buffer;
  /** Identifies this state of the object; includes the quotes. */
  readonly etag: string;
}

/** Timeouts of small and large requests, in milliseconds. */
export interface Patience {
  readonly small: number;
  readonly large: number;
}

/** A request is small if its body and the limit on its response are at most this many bytes. */
const small = 64 * 1024;

export class ObjectStore {
  private readonly url: URL;

  constructor(
    private readonly region: string,
    private readonly patience: Patience,
  ) {
    this.url = endpointOf("s3", region);
  }

  /**
   * Reads an object of up to `limit` bytes.
   * @returns `undefined` if there is none; `unchanged` if its ETag is still `etag`
   * @throws Error for any other response, no response in time, or a larger object
   */
  async get(
    bucket: string,
    key: string,
    options: { readonly limit: number; readonly etag?: string },
  ): Promise<StoredObject | "unchanged" | undefined> {
    const headers: Record<string, string> = options.etag === undefined ? {} : { "if-none-match": options.etag };
    const reply = await this.send("GET", bucket, key, headers, Buffer.alloc(0), options.limit);
    if (reply.status === 304) return "unchanged";
    if (reply.status === 404) return undefined;
    if (reply.status !== 200) throw statusError("GetObject", reply);
    return { body: reply.body, etag: etagOf(reply) };
  }

  /**
   * Writes the object if its ETag is still `etag`, or, without `etag`, if it does not exist.
   * @returns false if the object was not written because of another state or a concurrent write
   * @throws Error for any other response, or no response in time
   */
  async put(bucket: string, key: string, body: Buffer, etag: string | undefined): Promise<boolean> {
    const headers: Record<string, string> = {};
    if (etag === undefined) headers["if-none-match"] = "*";
    else headers["if-match"] = etag;
    const reply = await this.send("PUT", bucket, key, headers, body, small);
    // 409: a conflicting operation on the same key is in progress.
    if (reply.status === 412 || reply.status === 409) return false;
    if (reply.status !== 200) throw statusError("PutObject", reply);
    return true;
  }

  private send(
    method: "GET" | "PUT",
    bucket: string,
    key: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    limit: number,
  ): Promise<Reply> {
    const large = Math.max(limit, body.length) > small;
    return signedRequest({
      service: "s3",
      region: this.region,
      url: this.url,
      method,
      // Path-style address: in the host name, a bucket name with a dot would not match S3's certificate.
      path: `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`,
      headers,
      body: [body],
      limit,
      timeout: large ? this.patience.large : this.patience.small,
    });
  }
}

function etagOf({ headers }: Reply): string {
  const { etag } = headers;
  if (typeof etag !== "string" || etag === "") throw new Error("S3 answered without an ETag");
  return etag;
}

/** Contains the status and S3's error code, but not its message, which quotes the request. */
function statusError(action: string, { status, body }: Reply): Error {
  const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(body.subarray(0, 2048).toString("utf8"))?.[1] ?? "no code";
  return new Error(`S3 refused ${action}: ${status} ${code}`);
}
