// Objects that were overwritten or deleted, by mistake or on purpose, can be restored.

import { bucketSettings, bucketType } from "./bucket-settings";
import { at } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const bucketKeepsVersions: Rule = {
  name: "bucket-keeps-versions",
  description: "A bucket keeps the versions of its objects.",
  severity: "low",
  controls: ["S3.14"],
  types: [bucketType],
  check: (bucket, view) =>
    unmet({
      "no BucketVersioning with status Enabled": bucketSettings(bucket, view, "BucketVersioning").some(
        ({ inputs }) => at(inputs, "versioningConfiguration", "status") === "Enabled",
      ),
    }),
};
