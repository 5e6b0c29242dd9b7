// The buckets of the program: who may do what with their objects, by the roles' policies, the buckets' own, and their keys'.

import { readFileSync } from "node:fs";
import { type Asset, type Graph, ofType } from "../../graph/resource";
import { denyingPolicyOf, permit } from "../aws/permission";
import { ServiceError } from "../aws/service-error";
import type { Policy } from "../gateway/protections/policy/policy";
import type { Principal } from "../identities";
import type { Condition, FileObject, ObjectFiles } from "./object-files";

/** Who asks: a role, and where it is a function's, which one. */
export interface Actor {
  readonly principal: Principal;
  readonly functionArn?: string;
  /** Policy of the VPC endpoint that it comes through; absent: it does not run in a network of the program. */
  readonly endpointPolicy?: Policy | undefined;
}

interface Bucket {
  readonly arn: string;
  readonly policy: Policy;
  /** Key that encrypts its objects. */
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

  /** Puts the objects of the program there, as a deployment does. */
  seed(graph: Graph): void {
    for (const { inputs } of ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2")) {
      if (!this.buckets.has(String(inputs.bucket))) continue;
      this.files.write(String(inputs.bucket), String(inputs.key), contentOf(inputs.source as Asset), undefined);
    }
  }

  /** @throws ServiceError AccessDenied, NoSuchKey, NoSuchBucket */
  get(actor: Actor, name: string, key: string): FileObject {
    const bucket = this.bucket(name);
    this.permit(actor, bucket, "s3:GetObject", `${bucket.arn}/${key}`);
    const found = this.files.read(name, key);
    if (found === undefined) {
      // Only who may list learns that it is not there.
      this.permit(actor, bucket, "s3:ListBucket", bucket.arn);
      throw new ServiceError(404, "NoSuchKey", "The specified key does not exist.");
    }
    this.permit(withKey(actor), undefined, "kms:Decrypt", bucket.keyArn);
    return found;
  }

  /** @returns the new state's name; undefined where the condition did not hold. @throws ServiceError */
  put(actor: Actor, name: string, key: string, body: Buffer, condition: Condition): string | undefined {
    const bucket = this.bucket(name);
    this.permit(actor, bucket, "s3:PutObject", `${bucket.arn}/${key}`);
    this.permit(withKey(actor), undefined, "kms:GenerateDataKey", bucket.keyArn);
    return this.files.write(name, key, body, condition) ? this.files.read(name, key)!.etag : undefined;
  }

  /** Keys under a prefix. @throws ServiceError */
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
    { principal, functionArn, endpointPolicy }: Actor,
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
        endpointPolicy,
      });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw new ServiceError(403, "AccessDenied", error.message);
    }
  }
}

/** S3 asks for the key itself: that call passes no endpoint of the network. */
const withKey = (actor: Actor): Actor => ({ ...actor, endpointPolicy: undefined });

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
    policy: denyingPolicyOf(JSON.parse(String(policy.inputs.policy))),
    keyArn: String(rule.applyServerSideEncryptionByDefault.kmsMasterKeyId),
  };
}

function contentOf({ asset }: Asset): Buffer {
  return "text" in asset ? Buffer.from(asset.text) : readFileSync(asset.path);
}
