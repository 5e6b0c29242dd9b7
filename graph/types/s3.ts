// Resource types of S3.

import { dnsSuffix, partitionOf } from "../../contract";
import { type ResourceTypes, text } from "./resource-type";

export const s3: ResourceTypes = {
  "aws:s3/bucket:Bucket": {
    outputs: ({ region, physical }) => ({
      id: physical,
      bucket: physical,
      arn: `arn:${partitionOf(region)}:s3:::${physical}`,
      bucketDomainName: `${physical}.s3.${dnsSuffix(region)}`,
      bucketRegionalDomainName: `${physical}.s3.${region}.${dnsSuffix(region)}`,
      hostedZoneId: "Z3AQBSTGFYJSTF",
      region,
    }),
    replaceOnChanges: ["bucket", "bucketPrefix", "objectLockEnabled"],
    reviewed: "read by rules",
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    replaceOnChanges: ["bucket", "expectedBucketOwner"],
    reviewed: "read by rules",
  },
  "aws:s3/bucketLogging:BucketLogging": {
    replaceOnChanges: ["bucket", "expectedBucketOwner"],
    reviewed: "read by rules",
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    outputs: ({ inputs, region, hex }) => ({
      id: `${text(inputs.bucket)}/${text(inputs.key)}`,
      arn: `arn:${partitionOf(region)}:s3:::${text(inputs.bucket)}/${text(inputs.key)}`,
      etag: hex("etag", 32),
      versionId: `${hex("version", 32)}`,
    }),
    replaceOnChanges: ["bucket", "key"],
    reviewed: "read by rules",
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
    replaceOnChanges: ["bucket"],
    reviewed: "read by rules",
  },
  "aws:s3/bucketPolicy:BucketPolicy": {
    replaceOnChanges: ["bucket"],
    reviewed: "read by rules",
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    replaceOnChanges: ["bucket"],
    reviewed: "read by rules",
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    replaceOnChanges: ["bucket", "expectedBucketOwner"],
    reviewed: "read by rules",
  },
  "aws:s3/bucketVersioning:BucketVersioning": {
    replaceOnChanges: ["bucket", "expectedBucketOwner"],
    reviewed: "read by rules",
  },
};
