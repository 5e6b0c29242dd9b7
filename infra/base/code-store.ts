// Buckets for the functions' code and for access logs. Separate from the functions because all of them share it.
// Guarantees: uploads are encrypted and versioned, and functions refer to the exact version.

import { BucketObjectv2 } from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";
import { PrivateBucket } from "./private-bucket";

export interface CodeStoreArgs {
  readonly location: Location;
  /** KMS key that encrypts the code. */
  readonly keyArn: pulumi.Input<string>;
  /** Protects the buckets from deletion; false: `pulumi destroy` deletes them with their objects. */
  readonly protect: boolean;
}

/** An archive in the store, in the form that a Lambda function or layer takes. */
export interface StoredCode {
  readonly s3Bucket: pulumi.Output<string>;
  readonly s3Key: pulumi.Output<string>;
  readonly s3ObjectVersion: pulumi.Output<string>;
}

export class CodeStore extends pulumi.ComponentResource {
  /** Bucket that receives the access logs of this stack's buckets. */
  readonly accessLogs: pulumi.Output<string>;
  /** Bucket of the code, and of the models of endpoints. */
  readonly bucket: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  private readonly code: PrivateBucket;

  constructor(name: string, args: CodeStoreArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:CodeStore", name, {}, options);
    const logs = new PrivateBucket(
      `${name}-access-logs`,
      { protect: args.protect, expireAfterDays: 365, statements: (arn) => [logDelivery(arn, args.location)] },
      { parent: this },
    );
    this.code = new PrivateBucket(
      `${name}-code`,
      { protect: args.protect, keyArn: args.keyArn, logsTo: logs.underPolicy },
      { parent: this },
    );
    this.accessLogs = logs.underPolicy;
    this.bucket = this.code.bucket;
    this.bucketArn = this.code.arn;
    this.registerOutputs({ bucket: this.code.bucket });
  }

  /** Uploads an archive; a change of its content becomes a new version. */
  upload(name: string, archive: pulumi.Input<pulumi.asset.Archive>, parent: pulumi.Resource): StoredCode {
    const object = this.put(name, `${name}.zip`, archive, parent);
    return { s3Bucket: object.bucket, s3Key: object.key, s3ObjectVersion: object.versionId };
  }

  /** Stores an object under a key of its own. */
  put(
    name: string,
    key: string,
    source: pulumi.Input<pulumi.asset.Asset | pulumi.asset.Archive>,
    parent: pulumi.Resource,
  ): BucketObjectv2 {
    return new BucketObjectv2(name, { bucket: this.code.bucket, key, source }, { parent, dependsOn: this.code.ready });
  }
}

/**
 * Lets S3 deliver access logs of this account's buckets.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
function logDelivery(bucketArn: string, { account }: Location): object {
  return {
    Sid: "AccessLogs",
    Effect: "Allow",
    Principal: { Service: "logging.s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `${bucketArn}/*`,
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  };
}
