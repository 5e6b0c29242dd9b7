// `pulumi destroy` and a replacement delete what is not protected; a bucket that may be forced takes its objects with it.

import { type Rule, unmet } from "../../queries/rule";

export const dataIsKept: Rule = {
  name: "data-is-kept",
  description:
    "What holds data, or cannot be made again under its name, is protected from deletion; no bucket is emptied by force.",
  severity: "low",
  controls: ["OWN.Protect"],
  types: [
    "aws:s3/bucket:Bucket",
    "aws:cognito/userPool:UserPool",
    "aws:secretsmanager/secret:Secret",
    "aws:sagemaker/modelPackageGroup:ModelPackageGroup",
    "aws:dynamodb/table:Table",
    "gcp:kms/keyRing:KeyRing",
  ],
  check: ({ protect, inputs }) =>
    unmet({ "protect is not set": protect, "forceDestroy is true": inputs.forceDestroy !== true }),
};
