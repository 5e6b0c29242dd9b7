// A private S3 bucket; every bucket of the program is one. Guarantees: no public access, no ACLs, versions are kept,
// objects are encrypted at rest, plain HTTP is denied, and old versions and incomplete uploads expire.

import {
  Bucket,
  BucketLifecycleConfiguration,
  BucketLogging,
  BucketOwnershipControls,
  BucketPolicy,
  BucketPublicAccessBlock,
  BucketServerSideEncryptionConfiguration,
  BucketVersioning,
} from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";

export interface PrivateBucketArgs {
  /** KMS key of the objects; absent: S3's own keys (the only ones that the target of access logs takes). */
  readonly keyArn?: pulumi.Input<string>;
  /** Bucket that receives this one's access logs. */
  readonly logsTo?: pulumi.Input<string>;
  /** Days until an object expires; absent: never. */
  readonly expireAfterDays?: number;
  /** Protects the bucket from deletion; false: `pulumi destroy` deletes it with its objects. */
  readonly protect: boolean;
  /**
   * Further statements of the bucket policy, given the bucket's ARN. Called once that is known, so that they can name
   * what the bucket's owner creates after it.
   */
  readonly statements?: (bucketArn: string) => pulumi.Input<object[]>;
}

/** Days that a replaced version of an object is kept. */
const oldVersionDays = 30;

export class PrivateBucket extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;
  /**
   * The bucket's name for those who use it by leave of its policy: known once that stands. A target of access logs
   * must let S3 write before the first bucket logs to it.
   * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
   */
  readonly underPolicy: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Resources that must exist before anything is put into the bucket. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: PrivateBucketArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:PrivateBucket", name, {}, options);
    const bucket = new Bucket(
      `${name}-bucket`,
      { forceDestroy: !args.protect },
      { parent: this, protect: args.protect },
    );
    const id = bucket.id;
    const child = { parent: this };
    const access = new BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket: id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    new BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: id, rule: { objectOwnership: "BucketOwnerEnforced" } },
      child,
    );
    const versioning = new BucketVersioning(
      `${name}-versioning`,
      { bucket: id, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    const encryption = new BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket: id,
        rules: [
          args.keyArn === undefined
            ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
            : {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.keyArn },
                bucketKeyEnabled: true,
              },
        ],
      },
      child,
    );
    new BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: id,
        rules: [
          {
            id: "expire",
            status: "Enabled",
            filter: {},
            noncurrentVersionExpiration: { noncurrentDays: oldVersionDays },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            ...(args.expireAfterDays === undefined ? {} : { expiration: { days: args.expireAfterDays } }),
          },
        ],
      },
      { parent: this, dependsOn: [versioning] },
    );
    const policy = new BucketPolicy(
      `${name}-policy`,
      {
        bucket: id,
        policy: bucket.arn.apply((arn) =>
          pulumi
            .output(args.statements?.(arn) ?? [])
            .apply((statements) => JSON.stringify(bucketPolicy(arn, statements))),
        ),
      },
      // Setting the policy while the access block is being created fails with a conflict.
      { parent: this, dependsOn: [access] },
    );
    if (args.logsTo !== undefined) {
      new BucketLogging(`${name}-logging`, { bucket: id, targetBucket: args.logsTo, targetPrefix: `${name}/` }, child);
    }
    this.bucket = id;
    this.underPolicy = pulumi.all([id, policy.id]).apply(([known]) => known);
    this.arn = bucket.arn;
    this.ready = [access, versioning, encryption];
    this.registerOutputs({ bucket: this.bucket });
  }
}

/** Denies plain HTTP to everyone, the owner included. */
export function bucketPolicy(bucketArn: string, further: readonly object[]): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      ...further,
    ],
  };
}
