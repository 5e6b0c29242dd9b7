// SageMaker makes a model only if the model's role may read its repository and pull its image, so what is served here would
// come to be there. Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (CreateModel)

import { partitionOf } from "../../contract";
import { type Graph, ofType, type Resource } from "../../graph/resource";
import { permit } from "../aws/permission";
import { roleBy } from "../aws/principals";
import { ServiceError } from "../aws/service";
import { Unenforceable } from "../base/unenforceable";

export interface ReadRepository {
  /** URN of the model. */
  readonly urn: string;
  readonly roleArn: unknown;
  readonly bucket: string;
  readonly prefix: string;
  /** Of its objects, relative to the prefix. */
  readonly paths: readonly string[];
  readonly image: string;
}

/** @param at milliseconds since the epoch @throws Unenforceable naming what the role may not do */
export function requireReadable(graph: Graph, repository: ReadRepository, seed: Buffer, at: number): void {
  const { urn, roleArn, bucket, prefix, paths, image } = repository;
  const owner = `${urn}: executionRoleArn`;
  const role = roleBy(graph, { owner, arn: roleArn, session: "SageMaker" }, seed);
  const { arn, keyArn } = bucketOf(graph, bucket, urn);
  try {
    permit(role, at, { action: "s3:ListBucket", resource: arn, keys: { "s3:prefix": prefix } });
    for (const path of paths) permit(role, at, { action: "s3:GetObject", resource: `${arn}/${prefix}${path}` });
    permit(role, at, { action: "kms:Decrypt", resource: keyArn });
    permit(role, at, { action: "ecr:GetAuthorizationToken", resource: "*" });
    for (const action of ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"])
      permit(role, at, { action: `ecr:${action}`, resource: imageArn(image, urn) });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new Unenforceable(owner, `SageMaker could not make the model: ${error.message}`);
  }
}

/** ARN of a bucket of the program, and of the KMS key that encrypts its objects. */
function bucketOf(graph: Graph, name: string, urn: string): { arn: string; keyArn: string } {
  const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
  const bucket = ofType(graph, "aws:s3/bucket:Bucket").find(({ id }) => id === name);
  const encryption = ofType(graph, type).find(({ inputs }) => inputs.bucket === name);
  if (bucket === undefined || encryption === undefined)
    throw new Unenforceable(urn, "its repository is not in a bucket of this program that a KMS key encrypts");
  return { arn: String(bucket.outputs.arn), keyArn: keyOf(encryption) };
}

function keyOf({ inputs }: Resource): string {
  const [rule] = inputs.rules as { applyServerSideEncryptionByDefault: { kmsMasterKeyId?: string } }[];
  return String(rule?.applyServerSideEncryptionByDefault.kmsMasterKeyId);
}

/** ARN of the image's repository in ECR. */
function imageArn(image: string, urn: string): string {
  const [, registry, region, repository] = /^(\d{12})\.dkr\.ecr\.([^.]+)\.[^/]+\/([^:@]+)/.exec(image) ?? [];
  if (registry === undefined) throw new Unenforceable(urn, "its image is not in a registry of ECR");
  return `arn:${partitionOf(region!)}:ecr:${region}:${registry}:repository/${repository}`;
}
