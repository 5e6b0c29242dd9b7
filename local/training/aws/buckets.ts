// The program's buckets. Each access to an object is authorized by the role's policies and the bucket policy, and by
// the role's permission to use the bucket's KMS key. Routes, security groups and VPC endpoints do not exist here.

import { readFileSync } from "node:fs";
import { type Asset, type Graph, ofType, type Resource } from "../../../graph/resource";
import { denyingPolicyOf, permit } from "../../aws/permission";
import type { Policy } from "../../iam/policy";
import type { Principal } from "../../iam/identities";
import type { Precondition, FileObject, ObjectFiles } from "./object-files";
import { ServiceError } from "../../aws/service";

/** The caller: a role, and the function that it belongs to, if any. */
export interface Actor {
  readonly principal: Principal;
  readonly functionArn?: string;
}

interface Bucket {
  readonly arn: string;
  readonly policy: Policy;
  /** ARN of the KMS key that encrypts its objects. */
  readonly keyArn: string;
}

export class Buckets {
  private readonly buckets: ReadonlyMap<string, Bucket>;

  constructor(
    graph: Graph,
    names: readonly string[],
    private readonly files: ObjectFiles,
    private readonly clock: () => number,
  ) {
    this.buckets = new Map(names.map((name) => [name, bucketOf(graph, name)]));
  }

  /** Writes the objects that the program declares, as a deployment does; no permission is checked. */
  seed(graph: Graph): void {
    for (const { inputs } of ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2")) {
      if (!this.buckets.has(String(inputs.bucket))) continue;
      this.files.write(String(inputs.bucket), String(inputs.key), contentOf(inputs), undefined);
    }
  }

  /** @throws ServiceError AccessDenied, NoSuchKey, NoSuchBucket */
  get(actor: Actor, name: string, key: string): FileObject {
    const bucket = this.bucket(name);
    this.permit(actor, bucket, "s3:GetObject", `${bucket.arn}/${key}`);
    const found = this.files.read(name, key);
    if (found === undefined) {
      // S3 answers 403 instead of 404 to a caller that may not list the bucket.
      this.permit(actor, bucket, "s3:ListBucket", bucket.arn);
      throw new ServiceError(404, "NoSuchKey", "The specified key does not exist.");
    }
    this.permit(actor, undefined, "kms:Decrypt", bucket.keyArn);
    return found;
  }

  /**
   * @returns the new ETag; `undefined` if the condition did not hold. @throws ServiceError AccessDenied, NoSuchBucket
   */
  put(actor: Actor, name: string, key: string, body: Buffer, condition: Precondition): string | undefined {
    const bucket = this.bucket(name);
    this.permit(actor, bucket, "s3:PutObject", `${bucket.arn}/${key}`);
    this.permit(actor, undefined, "kms:GenerateDataKey", bucket.keyArn);
    return this.files.write(name, key, body, condition) ? this.files.read(name, key)!.etag : undefined;
  }

  /** Keys that begin with a prefix, sorted. @throws ServiceError AccessDenied, NoSuchBucket */
  list(actor: Actor, name: string, prefix: string): string[] {
    const bucket = this.bucket(name);
    this.permit(actor, bucket, "s3:ListBucket", bucket.arn, { "s3:prefix": prefix });
    return this.files.keys(name, prefix);
  }

  private bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw new ServiceError(404, "NoSuchBucket", "The specified bucket does not exist");
    return bucket;
  }

  private permit(
    { principal, functionArn }: Actor,
    bucket: Bucket | undefined,
    action: string,
    resource: string,
    keys: Readonly<Record<string, string>> = {},
  ): void {
    const known: Record<string, string> = { ...keys };
    if (functionArn !== undefined) known["lambda:sourcefunctionarn"] = functionArn;
    try {
      permit(principal, this.clock(), {
        action,
        resource,
        keys: known,
        resourcePolicy: bucket?.policy,
      });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw new ServiceError(403, "AccessDenied", error.message);
    }
  }
}

function bucketOf(graph: Graph, name: string): Bucket {
  const bucket = ofType(graph, "aws:s3/bucket:Bucket").find(({ id }) => id === name);
  const policy = ofType(graph, "aws:s3/bucketPolicy:BucketPolicy").find(({ inputs }) => inputs.bucket === name);
  const encryption = ofType(
    graph,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  ).find(({ inputs }) => inputs.bucket === name);
  const [rule] = (encryption?.inputs.rules ?? []) as {
    applyServerSideEncryptionByDefault: { kmsMasterKeyId?: string };
  }[];
  if (bucket === undefined || policy === undefined || rule === undefined) throw new Error(`no bucket ${name} here`);
  return {
    arn: String(bucket.outputs.arn),
    policy: denyingPolicyOf(policy, "s3"),
    keyArn: String(rule.applyServerSideEncryptionByDefault.kmsMasterKeyId),
  };
}

/** Content of an S3 object, given as text or as an asset. */
function contentOf({ content, source }: Resource["inputs"]): Buffer {
  if (typeof content === "string") return Buffer.from(content);
  const { asset } = source as Asset;
  return "text" in asset ? Buffer.from(asset.text) : readFileSync(asset.path);
}
