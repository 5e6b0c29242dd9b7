// A bucket's settings are resources of their own that name the bucket.

import type { Resource } from "../graph/resource";
import type { View } from "./view";

export const bucketType = "aws:s3/bucket:Bucket";

/** The setting of a bucket, by the name of its resource type, for example `BucketVersioning`. */
export function bucketSettings(bucket: Resource, view: View, kind: string): readonly Resource[] {
  const module = `${kind[0]!.toLowerCase()}${kind.slice(1)}`;
  // The provider keeps the older names of some of these types beside the newer ones.
  return [`aws:s3/${module}:${kind}`, `aws:s3/${module}V2:${kind}V2`].flatMap((type) =>
    view.pointingAt(bucket, type, "bucket"),
  );
}
