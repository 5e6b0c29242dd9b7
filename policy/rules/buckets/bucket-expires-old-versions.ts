// Old versions that nobody needs cost money and can still leak.

import { bucketSettings, bucketType } from "./bucket-settings";
import { amount, at, list } from "../../queries/read";
import { violation, type Rule, unmet } from "../../queries/rule";

/** Days after which nobody needs an old version. */
const longest = 365;

export const bucketExpiresOldVersions: Rule = {
  name: "bucket-expires-old-versions",
  description: "A bucket's lifecycle rules expire old versions and abort incomplete uploads within a year.",
  severity: "low",
  controls: ["S3.10/S3.13"],
  types: [bucketType],
  check: (bucket, view) => {
    const [lifecycle] = bucketSettings(bucket, view, "BucketLifecycleConfiguration");
    if (lifecycle === undefined) return [violation("the bucket has no BucketLifecycleConfiguration")];
    const rules = list(lifecycle.inputs.rules).filter((rule) => at(rule, "status") === "Enabled");
    const some = (...path: string[]) =>
      rules.some((rule) => amount(at(rule, ...path)) > 0 && amount(at(rule, ...path)) <= longest);
    return unmet({
      "no enabled rule ends old versions (noncurrentVersionExpiration)": some(
        "noncurrentVersionExpiration",
        "noncurrentDays",
      ),
      "no enabled rule ends unfinished uploads": some("abortIncompleteMultipartUpload", "daysAfterInitiation"),
    });
  },
};
