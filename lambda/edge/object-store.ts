// Objects in S3: read within a bound, written only where nothing changed meanwhile.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html

import { endpointOf, type Reply, signedRequest } from "./signed-request";

export interface StoredObject {
  readonly body: Buffer;
  /** Names this state of the object, quotes included. */
  readonly etag: string;
}

/** Milliseconds for an answer. */
export interface Patience {
  readonly small: number;
  readonly large: number;
}

/** Objects up to this many bytes count as small. */
const small = 64 * 1024;

export class ObjectStore {
  private readonly endpoint: string;

  constructor(
    private readonly region: string,
    private readonly patience: Patience,
  ) {
    this.endpoint = endpointOf("s3", region);
  }

  /** The object; undefined where there is none. `unchanged` where it still is the state of `etag`. @throws Error for any other answer */
  async get(
    bucket: string,
    key: string,
    options: { readonly limit: number; readonly etag?: string },
  ): Promise<StoredObject | "unchanged" | undefined> {
    const headers: Record<string, string> = options.etag === undefined ? {} : { "if-none-match": options.etag };
    const reply = await this.call("GET", bucket, key, headers, Buffer.alloc(0), options.limit);
    if (reply.status === 304) return "unchanged";
    if (reply.status === 404) return undefined;
    if (reply.status !== 200) throw refused("GetObject", reply);
    return { body: reply.body, etag: etagOf(reply) };
  }

  /**
   * Writes the object where it still is the state of `etag`, or, without one, where there is none.
   * @returns whether it was written: false where another was faster
   */
  async put(bucket: string, key: string, body: Buffer, etag: string | undefined): Promise<boolean> {
    const headers: Record<string, string> = { "content-length": String(body.length) };
    if (etag === undefined) headers["if-none-match"] = "*";
    else headers["if-match"] = etag;
    const reply = await this.call("PUT", bucket, key, headers, body, small);
    // 409: another write of the same key is under way.
    if (reply.status === 412 || reply.status === 409) return false;
    if (reply.status !== 200) throw refused("PutObject", reply);
    return true;
  }

  private call(
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
      endpoint: this.endpoint,
      method,
      // The bucket in the path: its name in the host would need a certificate of its own wherever it has a dot.
      path: `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`,
      headers,
      body,
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

/** The status and S3's code; not its message, which quotes the request. */
function refused(action: string, { status, body }: Reply): Error {
  const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(body.subarray(0, 2048).toString("utf8"))?.[1] ?? "no code";
  return new Error(`S3 refused ${action}: ${status} ${code}`);
}
