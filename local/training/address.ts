// Addresses of objects: s3://<bucket>/<key>.

import { ExecutionFailed } from "./expressions";

export interface Address {
  readonly bucket: string;
  /** Key, or prefix of keys, without a slash at its end. */
  readonly key: string;
}

/** @throws ExecutionFailed for what is none */
export function addressOf(uri: string): Address {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+?)\/?$/.exec(uri) ?? [];
  if (bucket === undefined || key === undefined)
    throw new ExecutionFailed(`"${uri}" is not an S3 address: s3://<bucket>/<key>`);
  return { bucket, key };
}
