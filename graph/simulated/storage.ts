// Computed outputs of S3 and SageMaker resources.

import { arn, type Rows, text } from "./row";

export const storage: Rows = {
  "aws:s3/bucket:Bucket": ({ region, physical }) => ({
    id: physical,
    bucket: physical,
    arn: `arn:aws:s3:::${physical}`,
    bucketDomainName: `${physical}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${physical}.s3.${region}.amazonaws.com`,
    hostedZoneId: "Z3AQBSTGFYJSTF",
    region,
  }),
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs, hex }) => ({
    id: `${text(inputs.bucket)}/${text(inputs.key)}`,
    arn: `arn:aws:s3:::${text(inputs.bucket)}/${text(inputs.key)}`,
    etag: hex("etag", 32),
    versionId: `${hex("version", 32)}`,
  }),
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup": ({ inputs, region }) => ({
    id: text(inputs.modelPackageGroupName),
    arn: arn("sagemaker", region, `model-package-group/${text(inputs.modelPackageGroupName)}`),
  }),
  "aws:sagemaker/pipeline:Pipeline": ({ inputs, region }) => ({
    id: text(inputs.pipelineName),
    arn: arn("sagemaker", region, `pipeline/${text(inputs.pipelineName).toLowerCase()}`),
  }),
};
