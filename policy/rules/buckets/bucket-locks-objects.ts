// Nobody can delete a locked object before its retention ends: for records that must survive a rogue writer.

import { bucketSettings, bucketType } from "./bucket-settings";
import { type Rule, unmet } from "../../queries/rule";

export const bucketLocksObjects: Rule = {
  name: "bucket-locks-objects",
  description: "A bucket locks its objects against deletion.",
  severity: "medium",
  controls: ["S3.15"],
  types: [bucketType],
  check: (bucket, view) =>
    unmet({
      "objectLockEnabled is not true":
        bucket.inputs.objectLockEnabled === true ||
        bucketSettings(bucket, view, "BucketObjectLockConfiguration").length > 0,
    }),
};
