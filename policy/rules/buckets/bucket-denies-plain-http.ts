// S3 accepts plain HTTP unless a bucket policy denies it.

import { bucketSettings, bucketType } from "./bucket-settings";
import { deniesPlainHttp } from "../../queries/conditions";
import { text } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import { resourceStatements } from "../../queries/statements";

export const bucketDeniesPlainHttp: Rule = {
  name: "bucket-denies-plain-http",
  description: "A bucket denies everybody plain HTTP, for itself and for its objects.",
  severity: "medium",
  controls: ["S3.5"],
  types: [bucketType],
  check: (bucket, view) => {
    const arn = text(bucket.outputs.arn);
    const denies = bucketSettings(bucket, view, "BucketPolicy")
      .flatMap(resourceStatements)
      .some((statement) => deniesPlainHttp(statement, /^(s3:)?\*$/, () => [arn, `${arn}/*`]));
    return denies ? [] : [violation("no statement denies s3:* to everybody when aws:SecureTransport is false")];
  },
};
