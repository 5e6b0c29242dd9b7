// Computed outputs of S3 and SageMaker resources.

import { dnsSuffix, partitionOf } from "../../contract";
import { arn, type Rows, text } from "./row";

export const storage: Rows = {
  "aws:s3/bucket:Bucket": ({ region, physical }) => ({
    id: physical,
    bucket: physical,
    arn: `arn:${partitionOf(region)}:s3:::${physical}`,
    bucketDomainName: `${physical}.s3.${dnsSuffix(region)}`,
    bucketRegionalDomainName: `${physical}.s3.${region}.${dnsSuffix(region)}`,
    hostedZoneId: "Z3AQBSTGFYJSTF",
    region,
  }),
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs, region, hex }) => ({
    id: `${text(inputs.bucket)}/${text(inputs.key)}`,
    arn: `arn:${partitionOf(region)}:s3:::${text(inputs.bucket)}/${text(inputs.key)}`,
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
