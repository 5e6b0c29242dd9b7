// These four settings override every bucket policy and ACL, including ones that are set later.

import { bucketSettings, bucketType } from "./bucket-settings";
import { violation, type Rule, unmet } from "../../queries/rule";

const switches = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const bucketBlocksPublicAccess: Rule = {
  name: "bucket-blocks-public-access",
  description: "A bucket blocks public access in all four ways.",
  severity: "critical",
  controls: ["S3.2/S3.3/S3.8"],
  types: [bucketType],
  check: (bucket, view) => {
    const [block] = bucketSettings(bucket, view, "BucketPublicAccessBlock");
    if (block === undefined) return [violation("the bucket has no BucketPublicAccessBlock")];
    return unmet(Object.fromEntries(switches.map((name) => [`${name} is not true`, block.inputs[name] === true])));
  },
};
