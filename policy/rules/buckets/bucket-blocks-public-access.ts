// These four settings override every bucket policy and ACL, including ones that are set later.

import { bucketSettings, bucketType } from "./buckets";
import { flaw, type Rule, unmet } from "../../queries/rule";

const switches = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const bucketBlocksPublicAccess: Rule = {
  name: "bucket-blocks-public-access",
  says: "A bucket blocks public access in all four ways.",
  types: [bucketType],
  check: (bucket, view) => {
    const [block] = bucketSettings(bucket, view, "BucketPublicAccessBlock");
    if (block === undefined) return [flaw("the bucket has no BucketPublicAccessBlock")];
    return unmet(Object.fromEntries(switches.map((name) => [`${name} is not true`, block.inputs[name] === true])));
  },
};
