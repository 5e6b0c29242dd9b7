// A region can fail. Objects that can be rebuilt from the repository need no copy: see the exceptions.

import { bucketSettings, bucketType } from "./buckets";
import { type Rule, unmet } from "../../queries/rule";

export const bucketIsReplicated: Rule = {
  name: "bucket-is-replicated",
  says: "A bucket's objects are copied to another region.",
  types: [bucketType],
  check: (bucket, view) =>
    unmet({
      "the bucket has no BucketReplicationConfig": bucketSettings(bucket, view, "BucketReplicationConfig").length > 0,
    }),
};
