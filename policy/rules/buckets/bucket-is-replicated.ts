// A region can fail. Objects that can be rebuilt from the repository need no copy: see the exceptions.

import { bucketSettings, bucketType } from "./bucket-settings";
import { type Rule, unmet } from "../../queries/rule";

export const bucketIsReplicated: Rule = {
  name: "bucket-is-replicated",
  description: "A bucket's objects are copied to another region.",
  severity: "low",
  controls: ["S3.7"],
  types: [bucketType],
  check: (bucket, view) =>
    unmet({
      "the bucket has no BucketReplicationConfig": bucketSettings(bucket, view, "BucketReplicationConfig").length > 0,
    }),
};
