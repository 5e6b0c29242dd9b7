// Only access logs show who read or replaced an object.

import { bucketSettings, bucketType } from "../buckets";
import { text } from "../read";
import { flaw, type Rule } from "../rule";

export const bucketLogsAccess: Rule = {
  name: "bucket-logs-access",
  says: "A bucket logs access to another bucket.",
  types: [bucketType],
  check: (bucket, view) => {
    const [logging] = bucketSettings(bucket, view, "BucketLogging");
    if (logging === undefined) return [flaw("the bucket has no BucketLogging")];
    if (view.points(logging, "targetBucket", bucket))
      return [flaw("the bucket logs to itself: each line makes another")];
    return text(logging.inputs.targetBucket) === "" ? [flaw("targetBucket is empty")] : [];
  },
};
