// The permissions that a job needs before its container runs: the pipeline's role must be allowed to create the job and
// pass the step's role; the step's role to attach to the VPC, pull the image, log, and use the job's KMS keys.

import { partitionOf } from "../../../contract";
import { permit } from "../../aws/permission";
import type { Principal } from "../../iam/identities";
import type { Actor, Buckets } from "../aws/buckets";
import { ExecutionFailed } from "../definition/expressions";

export interface JobContext {
  readonly buckets: Buckets;
  /** The pipeline's own role. */
  readonly pipeline: Principal;
  /** The role that a job runs as. @throws ExecutionFailed if SageMaker may not assume it */
  role(arn: string): Principal;
  /** Path of the interpreter that runs the steps. */
  readonly python: string;
  /** Name of the job, as SageMaker Pipelines forms it: `pipelines-<execution id>-<step>`. */
  readonly name: string;
  /** Local folder that stands for /opt/ml. */
  readonly folder: string;
  readonly region: string;
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly say: (line: string) => void;
}

export interface VpcConfig {
  readonly Subnets: readonly string[];
  readonly SecurityGroupIds: readonly string[];
}

export interface Job {
  readonly kind: "Processing" | "Training";
  readonly roleArn: string;
  readonly image: string;
  readonly instanceType: string;
  /** KMS key of the job's storage volume. */
  readonly volumeKey: string;
  /** KMS key that the job names for its output. */
  readonly outputKey: string;
  /** Absent: the job runs in SageMaker's own network. */
  readonly vpc: VpcConfig | undefined;
}

/** Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (private VPC) */
const networkActions = [
  "CreateNetworkInterface",
  "CreateNetworkInterfacePermission",
  "DeleteNetworkInterface",
  "DeleteNetworkInterfacePermission",
  "DescribeDhcpOptions",
  "DescribeNetworkInterfaces",
  "DescribeSecurityGroups",
  "DescribeSubnets",
  "DescribeVpcs",
];

/**
 * Checks everything that is checked before the container runs.
 * @returns the actor that reads and writes objects for the job
 * @throws ServiceError for a missing permission; ExecutionFailed for an invalid role, image or instance type
 */
export function started(
  context: JobContext,
  { kind, roleArn, image, instanceType, volumeKey, outputKey, vpc }: Job,
): Actor {
  const { pipeline, at, region, account, name } = context;
  // SageMaker accepts a fixed list of types; here only the form is checked.
  if (!/^ml\.[a-z0-9-]+\.[a-z0-9-]+$/.test(instanceType)) {
    throw new ExecutionFailed("the instance type is not of SageMaker's form ml.<family>.<size>");
  }
  const own = (service: string, resource: string) =>
    `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;
  const resource = own("sagemaker", `${kind.toLowerCase()}-job/${name}`);
  for (const action of [`Create${kind}Job`, "AddTags", `Describe${kind}Job`]) {
    permit(pipeline, at, { action: `sagemaker:${action}`, resource });
  }
  const passed = { "iam:passedtoservice": "sagemaker.amazonaws.com" };
  permit(pipeline, at, { action: "iam:PassRole", resource: roleArn, keys: passed });

  const role = context.role(roleArn);
  if (vpc !== undefined) {
    for (const action of networkActions) permit(role, at, { action: `ec2:${action}`, resource: "*" });
  }
  fetchImage(role, image, context);
  const logs = own("logs", `log-group:/aws/sagemaker/${kind}Jobs:log-stream:${name}`);
  for (const action of ["CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents"]) {
    permit(role, at, { action: `logs:${action}`, resource: logs });
  }
  permit(role, at, {
    action: "cloudwatch:PutMetricData",
    resource: "*",
    keys: { "cloudwatch:namespace": `/aws/sagemaker/${kind}Jobs` },
  });
  // The volume belongs to SageMaker, which is given a grant to use the key.
  const granted = { "kms:grantisforawsresource": "true" };
  permit(role, at, { action: "kms:CreateGrant", resource: volumeKey, keys: granted });
  permit(role, at, { action: "kms:Encrypt", resource: outputKey });
  return { principal: role };
}

/** SageMaker pulls the image outside the job's VPC, so no endpoint policy applies. */
function fetchImage(role: Principal, image: string, { at, region }: JobContext): void {
  const [, registry, repository] = /^(\d{12})\.dkr\.ecr\.[^/]+\/([^:@]+)/.exec(image) ?? [];
  if (registry === undefined) throw new ExecutionFailed("the image is not in a registry of ECR");
  permit(role, at, { action: "ecr:GetAuthorizationToken", resource: "*" });
  for (const action of ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"]) {
    permit(role, at, {
      action: `ecr:${action}`,
      resource: `arn:${partitionOf(region)}:ecr:${region}:${registry}:repository/${repository}`,
    });
  }
}
