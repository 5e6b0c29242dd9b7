// Decompresses request bodies within bounds: a body of a few kilobytes could inflate to gigabytes.
// Source: RFC 9110 section 8.4 (Content-Encoding) and section 15.5.16 (a 415 response names the accepted encodings).

import { brotliDecompressSync, gunzipSync, inflateSync, type ZlibOptions } from "node:zlib";

import { Failure } from "../failure";

/** Maximum size of a decompressed body, in bytes. */
export const largestInflated = 16 * 1024 * 1024;

/** Maximum ratio of decompressed to compressed size beyond 1 MB: real tensors reach tens, bombs a thousand. */
export const largestRatio = 200;
const ratioFree = 1024 * 1024;

type Inflate = (bytes: Buffer, options: Pick<ZlibOptions, "maxOutputLength">) => Buffer;

const encodings: Readonly<Record<string, Inflate>> = {
  gzip: (bytes, options) => gunzipSync(bytes, options),
  "x-gzip": (bytes, options) => gunzipSync(bytes, options),
  deflate: (bytes, options) => inflateSync(bytes, options),
  br: (bytes, options) => brotliDecompressSync(bytes, options),
};

/**
 * The decompressed body.
 * @param encoding value of the Content-Encoding header, if there is one
 * @throws Failure `unsupported-encoding`, `request-too-large`, `invalid-request`
 */
export function inflate(body: Buffer, encoding: string | undefined): Buffer {
  const name = encoding?.trim().toLowerCase() ?? "";
  if (name === "" || name === "identity") return body;
  const decode = Object.hasOwn(encodings, name) ? encodings[name] : undefined;
  if (decode === undefined) {
    const accepted = "gzip, deflate, br";
    throw new Failure("unsupported-encoding", `send one of ${accepted}`, { headers: { "Accept-Encoding": accepted } });
  }
  const maxOutputLength = Math.min(largestInflated, Math.max(ratioFree, body.length * largestRatio));
  try {
    return decode(body, { maxOutputLength });
  } catch (cause) {
    if (isTooLarge(cause)) {
      const limits = `${largestInflated} bytes, and ${largestRatio} times its compressed size beyond ${ratioFree} bytes`;
      throw new Failure("request-too-large", `a body may unpack to ${limits}`);
    }
    throw new Failure("invalid-request", `Content-Encoding: the body is not valid ${name}`);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}
