// S3's own key decrypts for anyone who may read the object; a customer-managed key has a key policy and an audit trail.

import { bucketSettings, bucketType } from "./bucket-settings";
import { at, list, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const bucketIsEncryptedByOurKey: Rule = {
  name: "bucket-is-encrypted-by-our-key",
  description: "A bucket is encrypted by a customer-managed key.",
  severity: "medium",
  controls: ["S3.17"],
  types: [bucketType],
  check: (bucket, view) => {
    const defaults = bucketSettings(bucket, view, "BucketServerSideEncryptionConfiguration").flatMap(({ inputs }) =>
      list(inputs.rules).map((rule) => at(rule, "applyServerSideEncryptionByDefault")),
    );
    return unmet({
      "sseAlgorithm is not aws:kms": defaults.some((rule) => /^aws:kms(:dsse)?$/.test(text(at(rule, "sseAlgorithm")))),
      "kmsMasterKeyId is not set": defaults.some((rule) => text(at(rule, "kmsMasterKeyId")) !== ""),
    });
  },
};
