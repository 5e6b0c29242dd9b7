// Buckets, and their settings that are separate resources.

import type { Resource } from "../../../graph/resource";
import { a, but, type Cases, policy } from "../a-graph";

const bucket = a("aws:s3/bucket:Bucket", "data");
const setting = (kind: string, inputs: Record<string, unknown>) =>
  a(`aws:s3/${kind[0]!.toLowerCase()}${kind.slice(1)}:${kind}`, kind, { bucket: "data", ...inputs });

const block = setting("BucketPublicAccessBlock", {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});
const deny = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const denies = (statement: object) => [bucket, setting("BucketPolicy", { policy: policy({ ...deny, ...statement }) })];
const lifecycle = setting("BucketLifecycleConfiguration", {
  rules: [
    {
      status: "Enabled",
      noncurrentVersionExpiration: { noncurrentDays: 30 },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    },
  ],
});
const ownership = setting("BucketOwnershipControls", { rule: { objectOwnership: "BucketOwnerEnforced" } });
const encryption = (sseAlgorithm: string, kmsMasterKeyId?: string) =>
  setting("BucketServerSideEncryptionConfiguration", {
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm, kmsMasterKeyId } }],
  });
const key = "arn:aws:kms:us-east-1:123456789012:key/1";
const versions = setting("BucketVersioning", { versioningConfiguration: { status: "Enabled" } });
const logging = setting("BucketLogging", { targetBucket: "logs", targetPrefix: "data/" });
const target = a("aws:s3/bucket:Bucket", "logs");
const deliveredBy = (Service: string) =>
  a("aws:s3/bucketPolicy:BucketPolicy", "delivery", {
    bucket: "logs",
    policy: policy({
      Effect: "Allow",
      Principal: { Service },
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::logs/*",
    }),
  });
const delivery = deliveredBy("logging.s3.amazonaws.com");
const foreign = deliveredBy("cloudtrail.amazonaws.com");
const after = ({ urn }: Resource) => ({ ...logging, dependencies: [urn] });
/** So that the target itself breaks no rule. */
const logsItself = a("aws:s3/bucketLogging:BucketLogging", "more", {
  bucket: "logs",
  targetBucket: "archive",
  targetPrefix: "l",
});
const archive = a("aws:s3/bucket:Bucket", "archive");
const toArchive = a("aws:s3/bucketPolicy:BucketPolicy", "archived", {
  bucket: "archive",
  policy: delivery.inputs.policy,
});
/** Each of them logs to the next, the last to the first. */
const targets = [
  target,
  delivery,
  { ...logsItself, dependencies: [toArchive.urn] },
  archive,
  toArchive,
  a(
    "aws:s3/bucketLogging:BucketLogging",
    "back",
    { bucket: "archive", targetBucket: "logs" },
    { dependencies: [delivery.urn] },
  ),
];
const replication = setting("BucketReplicationConfig", { rules: [{ status: "Enabled" }] });

const uri =
  "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:model/invocations";
const writers = {
  ...deny,
  Action: ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
  Resource: "arn:aws:s3:::data/*",
  Condition: { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/publisher" } },
};
/** A bucket whose objects a function behind an API serves, and its policy. */
const served = (statement: object) => [
  bucket,
  a("aws:lambda/function:Function", "model", { name: "model", environment: { variables: { MODELS_BUCKET: "data" } } }),
  a("aws:apigateway/restApi:RestApi", "api", {
    body: JSON.stringify({
      paths: { "/x": { post: { "x-amazon-apigateway-integration": { type: "aws_proxy", uri } } } },
    }),
  }),
  setting("BucketPolicy", { policy: policy({ ...writers, ...statement }) }),
];

/** The same setting for another bucket. */
const elsewhere = (resource: Resource) => but(resource, { bucket: "other" });

export const buckets: Cases = {
  "bucket-blocks-public-access": {
    good: { "all four": [bucket, block] },
    bad: {
      none: [bucket],
      "another bucket's": [bucket, elsewhere(block)],
      "no policies": [bucket, but(block, { blockPublicPolicy: false })],
      "three of four": [bucket, but(block, { restrictPublicBuckets: undefined })],
    },
  },
  "bucket-denies-plain-http": {
    good: { denied: denies({}) },
    bad: {
      "no policy": [bucket],
      "only objects": denies({ Resource: "arn:aws:s3:::data/*" }),
      "only reading": denies({ Action: "s3:GetObject" }),
      "only one account": denies({ Principal: { AWS: "arn:aws:iam::123456789012:root" } }),
      "only from one address, too": denies({
        Condition: { Bool: { "aws:SecureTransport": "false" }, IpAddress: { "aws:SourceIp": "192.0.2.1" } },
      }),
      "when it is secure": denies({ Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      "allowed instead": denies({ Effect: "Allow" }),
      "another bucket's policy": [bucket, elsewhere(denies({})[1]!)],
    },
  },
  "bucket-logs-access": {
    good: {
      "to one that lets S3 deliver": [bucket, after(delivery), ...targets],
    },
    bad: {
      no: [bucket],
      "to one without a policy": [bucket, logging, target, logsItself],
      "to one that lets somebody else write": [...[bucket, after(foreign), target, logsItself], foreign],
      "before the target lets S3 deliver": [bucket, logging, target, delivery, logsItself],
      "to itself": [bucket, but(logging, { targetBucket: "data" })],
      "to a bucket of somebody": [bucket, logging],
      "to nowhere": [bucket, but(logging, { targetBucket: "" })],
    },
  },
  "bucket-expires-old-versions": {
    good: { "after a month": [bucket, lifecycle] },
    bad: {
      never: [bucket],
      "disabled rules": [
        bucket,
        but(lifecycle, { rules: [{ ...(lifecycle.inputs.rules as object[])[0], status: "Disabled" }] }),
      ],
      "after ten years": [
        bucket,
        but(lifecycle, {
          rules: [
            { ...(lifecycle.inputs.rules as object[])[0], noncurrentVersionExpiration: { noncurrentDays: 3650 } },
          ],
        }),
      ],
      "uploads stay": [
        bucket,
        but(lifecycle, { rules: [{ status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 30 } }] }),
      ],
    },
  },
  "bucket-knows-no-acls": {
    good: { "owner enforced": [bucket, ownership] },
    bad: {
      no: [bucket],
      "the writer owns": [bucket, but(ownership, { rule: { objectOwnership: "ObjectWriter" } })],
      "an ACL": [bucket, ownership, setting("BucketAcl", { acl: "public-read" })],
      "an ACL by its older name": [
        bucket,
        ownership,
        a("aws:s3/bucketAclV2:BucketAclV2", "x", { bucket: "data", acl: "private" }),
      ],
    },
  },
  "bucket-keeps-versions": {
    good: {
      enabled: [bucket, versions],
      "by its older name": [bucket, a("aws:s3/bucketVersioningV2:BucketVersioningV2", "v", versions.inputs)],
    },
    bad: { no: [bucket], suspended: [bucket, but(versions, { versioningConfiguration: { status: "Suspended" } })] },
  },
  "bucket-is-encrypted-by-our-key": {
    good: { "a key of ours": [bucket, encryption("aws:kms", key)] },
    bad: { no: [bucket], "S3's keys": [bucket, encryption("AES256")], "AWS's key": [bucket, encryption("aws:kms")] },
  },
  "bucket-is-replicated": {
    good: { yes: [bucket, replication] },
    bad: { no: [bucket], "another is": [bucket, elsewhere(replication)] },
  },
  "bucket-locks-objects": { good: { yes: [but(bucket, { objectLockEnabled: true })] }, bad: { no: [bucket] } },
  "served-objects-have-named-writers": {
    good: { "one role": served({}) },
    bad: {
      "no policy": served({}).slice(0, 3),
      "not deletion": served({ Action: "s3:PutObject" }),
      "but every role": served({ Condition: { ArnNotLike: { "aws:PrincipalArn": "*" } } }),
      "but another account's": served({
        Condition: { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::999999999999:role/publisher" } },
      }),
      "under one more condition": served({
        Condition: { ...writers.Condition, StringEquals: { "aws:PrincipalTag/denied": "yes" } },
      }),
      "of somebody": served({ Principal: { AWS: "arn:aws:iam::123456789012:root" } }),
      "of other objects": served({ Resource: "arn:aws:s3:::data/other/*" }),
      "allowed instead": served({ Effect: "Allow" }),
    },
  },
};
