// An ACL can make an object accessible that the bucket policy does not.

import { bucketSettings, bucketType } from "./bucket-settings";
import { at } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const bucketKnowsNoAcls: Rule = {
  name: "bucket-knows-no-acls",
  description: "A bucket has no ACLs: its owner owns every object.",
  severity: "medium",
  controls: ["S3.12"],
  types: [bucketType],
  check: (bucket, view) => {
    const controls = bucketSettings(bucket, view, "BucketOwnershipControls");
    return unmet({
      "objectOwnership is not BucketOwnerEnforced": controls.some(
        ({ inputs }) => at(inputs, "rule", "objectOwnership") === "BucketOwnerEnforced",
      ),
      "the bucket has an ACL": bucketSettings(bucket, view, "BucketAcl").length === 0,
    });
  },
};
