// S3 accepts plain HTTP unless a bucket policy denies it.

import { bucketSettings, bucketType } from "./bucket-settings";
import { at, text, texts } from "../../queries/read";
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
      .some(
        ({ allows, principals, exceptPrincipals, actions, exceptActions, resources, exceptResources, conditions }) =>
          !allows &&
          !exceptPrincipals &&
          !exceptActions &&
          !exceptResources &&
          principals.includes("*") &&
          actions.some((action) => action === "s3:*" || action === "*") &&
          [arn, `${arn}/*`].every((wanted) => resources.includes(wanted) || resources.includes("*")) &&
          // With a second condition, the statement would apply only if both hold.
          Object.keys(conditions).length === 1 &&
          Object.keys(Object.values(conditions)[0] as object).length === 1 &&
          texts(at(conditions, "Bool", "aws:SecureTransport")).join() === "false",
      );
    return denies ? [] : [violation("no statement denies s3:* to everybody when aws:SecureTransport is false")];
  },
};
