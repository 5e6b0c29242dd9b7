// What SageMaker's instances need in isolated subnets: a security group each for training jobs and for the engines of
// endpoints, and interface endpoints for CloudWatch Logs and metrics. The container has no network access; SageMaker's process
// beside it transfers data, models, logs and metrics through this network, but pulls the image and uses the keys outside of it.
// Guarantees: no inbound traffic to an instance.
// Sources: https://repost.aws/knowledge-center/sagemaker-access-network-isolation (data, logs and metrics),
// https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html (the image),
// https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html (models)

import { getPrefixListOutput, SecurityGroup, VpcEndpoint } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { endpointLogs } from "../base/endpoint-name";
import { type Allowed, endpointPolicy } from "../base/policy-statements";
import { arn, endpointService, type Location, type VpcConfig } from "../base/location";

export interface InstanceNetworkArgs {
  readonly location: Location;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Output<string[]>;
  /** CIDR blocks of the subnets, which contain the endpoints. */
  readonly cidrBlocks: readonly string[];
  /** Id of S3's prefix list. */
  readonly storage: pulumi.Input<string>;
  /** Whether training jobs run in it. */
  readonly jobs: boolean;
  /** Names of the endpoints whose engines run in it. */
  readonly endpoints: readonly string[];
}

export class InstanceNetwork extends pulumi.ComponentResource {
  /** Placement of the training jobs; absent if there are none. */
  readonly jobs?: pulumi.Output<VpcConfig>;
  /** Placement of the engines; absent if there are none. */
  readonly engines?: pulumi.Output<VpcConfig>;

  constructor(name: string, args: InstanceNetworkArgs, options?: pulumi.ComponentResourceOptions) {
    // The type that deployed stacks have: under another, each endpoint would be made beside the old one, whose private name it has.
    super("model-serving:infra:JobNetwork", name, {}, options);
    const { location, vpcId, subnetIds } = args;
    const child = { parent: this };
    const group = (role: string, who: string, reads: string) =>
      new SecurityGroup(
        `${name}-${role}`,
        {
          vpcId,
          description: `${who}: nothing in; out to S3 and the endpoints of CloudWatch`,
          ingress: [],
          egress: [
            { ...https, prefixListIds: [args.storage], description: `S3 of this region: ${reads}` },
            { ...https, cidrBlocks: [...args.cidrBlocks], description: "Endpoints of CloudWatch: logs and metrics" },
          ],
        },
        child,
      );
    const jobs = args.jobs ? group("group", "Training jobs", "the training bucket") : undefined;
    const engines = args.endpoints.length > 0 ? group("engines", "Engines of endpoints", "their models") : undefined;
    const records = "logs and metrics";
    const endpoints = new SecurityGroup(
      `${name}-endpoints`,
      {
        vpcId,
        description: `Endpoints of CloudWatch: in from ${engines ? "SageMaker's instances" : "training jobs"}; nothing out`,
        ingress: [
          ...(jobs ? [{ ...https, securityGroups: [jobs.id], description: `Training jobs: ${records}` }] : []),
          ...(engines ? [{ ...https, securityGroups: [engines.id], description: `Engines: ${records}` }] : []),
        ],
        egress: [],
      },
      child,
    );
    for (const [service, statements] of Object.entries(recorded(args))) {
      new VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId,
          vpcEndpointType: "Interface",
          serviceName: endpointService(location.region, service),
          // One zone halves the price and can be reached from the other. If it fails, instances continue without logs.
          subnetIds: subnetIds.apply((ids) => ids.slice(0, 1)),
          securityGroupIds: [endpoints.id],
          privateDnsEnabled: true,
          policy: JSON.stringify(endpointPolicy(location, statements)),
        },
        child,
      );
    }
    const placed = (of: SecurityGroup) =>
      pulumi.all([subnetIds, of.id]).apply(([subnets, id]) => ({ subnets, securityGroups: [id] }));
    if (jobs !== undefined) this.jobs = placed(jobs);
    if (engines !== undefined) this.engines = placed(engines);
    this.registerOutputs({});
  }
}

/** What instances write to each CloudWatch service, as their roles allow it (step-roles.ts, endpoint-role.ts). */
function recorded({ location, jobs, endpoints }: InstanceNetworkArgs): Record<"logs" | "monitoring", Allowed[]> {
  const namespaces = ["ProcessingJobs", "TrainingJobs"].map((kind) => `/aws/sagemaker/${kind}`);
  const write = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
  const logs = (Sid: string, Action: string[], groups: readonly string[]): Allowed => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource: groups.map((group) => arn(location, "logs", `log-group:${group}:*`)),
  });
  const metrics = (Sid: string, of: string | readonly string[]): Allowed => ({
    Sid,
    Effect: "Allow",
    Action: "cloudwatch:PutMetricData",
    Resource: "*",
    Condition: { StringEquals: { "cloudwatch:namespace": of } },
  });
  const groups = endpoints.map((endpoint) => `${endpointLogs}/${endpoint}`);
  return {
    logs: [
      ...(jobs ? [logs("JobLogs", ["logs:CreateLogGroup", ...write], namespaces)] : []),
      ...(groups.length > 0 ? [logs("EngineLogs", write, groups)] : []),
    ],
    monitoring: [
      ...(jobs ? [metrics("JobMetrics", namespaces)] : []),
      ...(groups.length > 0 ? [metrics("EngineMetrics", endpointLogs)] : []),
    ],
  };
}

/** HTTPS in the rules of security groups. */
export const https = { protocol: "tcp", fromPort: 443, toPort: 443 } as const;

/**
 * Id of the prefix list with the addresses of S3: AWS's own, of the region. It exists beforehand, unlike the S3 endpoint,
 * which is created last because its policy names the buckets.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
export function s3Addresses({ region }: Location, parent: pulumi.Resource): pulumi.Output<string> {
  return getPrefixListOutput({ name: endpointService(region, "s3") }, { parent }).id;
}
