// What training jobs need in isolated subnets: a security group, and interface endpoints for CloudWatch Logs and
// metrics. The container has no network access; SageMaker's process beside it transfers data, logs and metrics through
// the job's network, but pulls the image and uses the keys outside of it. Guarantees: no inbound traffic to a job.
// Sources: https://repost.aws/knowledge-center/sagemaker-access-network-isolation (data, logs and metrics),
// https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html (the image)

import { getPrefixListOutput, SecurityGroup, VpcEndpoint } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { type Allowed, endpointPolicy } from "../base/policy-statements";
import { arn, endpointService, type Location, type VpcConfig } from "../base/location";

export interface JobNetworkArgs {
  readonly location: Location;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Output<string[]>;
  /** CIDR blocks of the subnets, which contain the endpoints. */
  readonly cidrBlocks: readonly string[];
  /** Id of S3's prefix list. */
  readonly storage: pulumi.Input<string>;
}

export class JobNetwork extends pulumi.ComponentResource {
  readonly vpcConfig: pulumi.Output<VpcConfig>;

  constructor(name: string, args: JobNetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:JobNetwork", name, {}, options);
    const { location, vpcId, subnetIds } = args;
    const child = { parent: this };
    const jobs = new SecurityGroup(
      `${name}-group`,
      {
        vpcId,
        description: "Training jobs: nothing in; out to S3 and the endpoints of CloudWatch",
        ingress: [],
        egress: [
          { ...https, prefixListIds: [args.storage], description: "S3 of this region: the training bucket" },
          { ...https, cidrBlocks: [...args.cidrBlocks], description: "Endpoints of CloudWatch: logs and metrics" },
        ],
      },
      child,
    );
    const endpoints = new SecurityGroup(
      `${name}-endpoints`,
      {
        vpcId,
        description: "Endpoints of CloudWatch: in from training jobs; nothing out",
        ingress: [{ ...https, securityGroups: [jobs.id], description: "Training jobs: logs and metrics" }],
        egress: [],
      },
      child,
    );
    for (const [service, statement] of Object.entries(records(location))) {
      new VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId,
          vpcEndpointType: "Interface",
          serviceName: endpointService(location.region, service),
          // One zone halves the price and can be reached from the other. If it fails, jobs continue without logs.
          subnetIds: subnetIds.apply((ids) => ids.slice(0, 1)),
          securityGroupIds: [endpoints.id],
          privateDnsEnabled: true,
          policy: JSON.stringify(endpointPolicy(location, [statement])),
        },
        child,
      );
    }
    this.vpcConfig = pulumi
      .all([subnetIds, jobs.id])
      .apply(([subnets, securityGroup]) => ({ subnets, securityGroups: [securityGroup] }));
    this.registerOutputs({});
  }
}

/** What jobs of both kinds write to each CloudWatch service, as their roles allow it (step-roles.ts). */
function records(location: Location): Readonly<Record<"logs" | "monitoring", Allowed>> {
  const namespaces = ["ProcessingJobs", "TrainingJobs"].map((jobs) => `/aws/sagemaker/${jobs}`);
  return {
    logs: {
      Sid: "JobLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: namespaces.map((namespace) => arn(location, "logs", `log-group:${namespace}:*`)),
    },
    monitoring: {
      Sid: "JobMetrics",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": namespaces } },
    },
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
