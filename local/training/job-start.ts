// What SageMaker asks for before a job's container runs: of the pipeline's role to start it; of the step's role to stand in the
// network, to fetch the image, to log, and for the keys of volume and output.

import { permit } from "../aws/permission";
import type { Policy } from "../gateway/protections/policy/policy";
import type { Principal } from "../identities";
import type { Actor, Buckets } from "./buckets";
import { ExecutionFailed } from "./expressions";
import type { Place } from "./ways";

export interface JobContext {
  readonly buckets: Buckets;
  /** The pipeline's own role. */
  readonly pipeline: Principal;
  /** A role that a job runs as. @throws ExecutionFailed where SageMaker may not take it */
  role(arn: string): Principal;
  /** Policy of the endpoint that leads from a network to a service. @throws ServiceError where none does */
  wayTo(service: "s3" | "logs" | "monitoring", place: Place): Policy;
  readonly python: string;
  /** Name of the job, as the pipeline gives it. */
  readonly name: string;
  /** Stands for /opt/ml. */
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
  /** KMS key of the volume. */
  readonly volumeKey: string;
  /** KMS key that the job names for its output. */
  readonly outputKey: string;
  /** Absent: the service's own network. */
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

/** @returns who reads and writes for the job @throws ServiceError, ExecutionFailed */
export function started(
  context: JobContext,
  { kind, roleArn, image, instanceType, volumeKey, outputKey, vpc }: Job,
): Actor {
  const { pipeline, at, region, account, name } = context;
  // The service has a list of them; what is none at all does not begin here either.
  if (!/^ml\.[a-z0-9-]+\.[a-z0-9-]+$/.test(instanceType)) {
    throw new ExecutionFailed("the instance type is not of SageMaker's form ml.<family>.<size>");
  }
  const own = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const resource = own("sagemaker", `${kind.toLowerCase()}-job/${name}`);
  for (const action of [`Create${kind}Job`, "AddTags", `Describe${kind}Job`]) {
    permit(pipeline, at, { action: `sagemaker:${action}`, resource });
  }
  const passed = { "iam:passedtoservice": "sagemaker.amazonaws.com" };
  permit(pipeline, at, { action: "iam:PassRole", resource: roleArn, keys: passed });

  const role = context.role(roleArn);
  const place = vpc && { subnets: vpc.Subnets, groups: vpc.SecurityGroupIds };
  const through = (service: "s3" | "logs" | "monitoring") => place && context.wayTo(service, place);
  if (place !== undefined) {
    for (const action of networkActions) permit(role, at, { action: `ec2:${action}`, resource: "*" });
  }
  fetchImage(role, image, context);
  const logs = own("logs", `log-group:/aws/sagemaker/${kind}Jobs:log-stream:${name}`);
  for (const action of ["CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents"]) {
    permit(role, at, { action: `logs:${action}`, resource: logs, endpointPolicy: through("logs") });
  }
  permit(role, at, {
    action: "cloudwatch:PutMetricData",
    resource: "*",
    keys: { "cloudwatch:namespace": `/aws/sagemaker/${kind}Jobs` },
    endpointPolicy: through("monitoring"),
  });
  // The volume's disk is the service's, which gets a grant of the key.
  const granted = { "kms:grantisforawsresource": "true" };
  permit(role, at, { action: "kms:CreateGrant", resource: volumeKey, keys: granted });
  permit(role, at, { action: "kms:Encrypt", resource: outputKey });
  return { principal: role, endpointPolicy: through("s3") };
}

/** The service fetches it outside of the job's network. */
function fetchImage(role: Principal, image: string, { at, region }: JobContext): void {
  const [, registry, repository] = /^(\d{12})\.dkr\.ecr\.[^/]+\/([^:@]+)/.exec(image) ?? [];
  if (registry === undefined) throw new ExecutionFailed("the image is not in a registry of ECR");
  permit(role, at, { action: "ecr:GetAuthorizationToken", resource: "*" });
  for (const action of ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"]) {
    permit(role, at, {
      action: `ecr:${action}`,
      resource: `arn:aws:ecr:${region}:${registry}:repository/${repository}`,
    });
  }
}
