// A bucket's settings, which are separate resources that refer to the bucket.

import type { Resource } from "../../../graph/resource";
import type { View } from "../../queries/view";

export const bucketType = "aws:s3/bucket:Bucket";

/**
 * The resources of a kind that configure the bucket.
 * @param kind name of the resource type, for example `BucketVersioning`
 */
export function bucketSettings(bucket: Resource, view: View, kind: string): readonly Resource[] {
  const module = `${kind[0]!.toLowerCase()}${kind.slice(1)}`;
  // For some of these types the provider has a second, older name that ends in V2.
  return [`aws:s3/${module}:${kind}`, `aws:s3/${module}V2:${kind}V2`].flatMap((type) =>
    view.pointingAt(bucket, type, "bucket"),
  );
}
