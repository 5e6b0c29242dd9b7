// S3 URIs of objects: s3://<bucket>/<key>.

import { ExecutionFailed } from "../definition/expressions";

export interface Address {
  readonly bucket: string;
  /** Key or key prefix, without a trailing slash. */
  readonly key: string;
}

/** @throws ExecutionFailed if it is not an S3 URI with a bucket and a key */
export function addressOf(uri: string): Address {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+?)\/?$/.exec(uri) ?? [];
  if (bucket === undefined || key === undefined)
    throw new ExecutionFailed(`"${uri}" is not an S3 address: s3://<bucket>/<key>`);
  return { bucket, key };
}
