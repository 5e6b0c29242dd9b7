// The private network: the model function's subnets in two zones, from which no route leads to the internet. Where a setting
// asks for it, subnets with a NAT gateway for the functions that must reach an issuer. Guarantees: nothing comes in, what
// goes out is bounded, every flow is logged, and the default security group lets nothing through.

import { DefaultSecurityGroup, FlowLog, getRouteTableOutput, SecurityGroup, VpcEndpoint } from "@pulumi/aws/ec2";
import { LogGroup } from "@pulumi/aws/cloudwatch";
import { Role, RolePolicy } from "@pulumi/aws/iam";
import { Vpc } from "@pulumi/awsx/ec2/vpc";
import * as pulumi from "@pulumi/pulumi";
import type { FunctionNetwork } from "./parts/function-network";
import { arn, type Location } from "./parts/location";
import type { Settings } from "./settings";

export interface NetworkArgs {
  readonly location: Location;
  readonly settings: Settings;
  /** KMS key of the flow log. */
  readonly keyArn: pulumi.Input<string>;
  /** ARN of the bucket of the published models, where there is one: the one thing that the model function fetches. */
  readonly modelsBucketArn?: pulumi.Input<string>;
}

const zones = 2;

export class Network extends pulumi.ComponentResource {
  /** Where the model function runs. */
  readonly isolated: FunctionNetwork;
  /** Where functions that reach an issuer run; absent: they stay outside. */
  readonly throughNat?: FunctionNetwork;

  constructor(name: string, args: NetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Network", name, {}, options);
    const { location, settings, modelsBucketArn } = args;
    const child = { parent: this };
    const withNat =
      settings.authorizerNetwork === "nat" && (settings.auth0Authorizer || settings.apiGatewayAuth === "lambda");
    const vpc = new Vpc(
      `${name}-vpc`,
      {
        cidrBlock: "10.0.0.0/16",
        numberOfAvailabilityZones: zones,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        natGateways: { strategy: withNat ? "Single" : "None" },
        subnetStrategy: "Auto",
        subnetSpecs: [
          { type: "Isolated", name: "isolated", cidrBlocks: ["10.0.0.0/20", "10.0.16.0/20"] },
          ...(withNat
            ? [
                { type: "Public" as const, name: "nat", cidrBlocks: ["10.0.32.0/24", "10.0.33.0/24"] },
                { type: "Private" as const, name: "issuers", cidrBlocks: ["10.0.48.0/20", "10.0.64.0/20"] },
              ]
            : []),
        ],
      },
      child,
    );
    // What is started without a group of its own gets this one: it lets nothing in or out.
    new DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.vpcId, ingress: [], egress: [] }, child);
    this.logFlows(name, args, vpc.vpcId);
    const models =
      modelsBucketArn === undefined ? undefined : this.bucketEndpoint(name, location, vpc, modelsBucketArn);
    this.isolated = {
      subnetIds: vpc.isolatedSubnetIds,
      securityGroupId: new SecurityGroup(
        `${name}-isolated`,
        {
          vpcId: vpc.vpcId,
          description: "The model function: nothing in; out to the published models alone",
          ingress: [],
          egress: models === undefined ? [] : [{ ...https, prefixListIds: [models.prefixListId] }],
        },
        child,
      ).id,
    };
    if (withNat)
      this.throughNat = {
        subnetIds: vpc.privateSubnetIds,
        securityGroupId: new SecurityGroup(
          `${name}-issuers`,
          {
            vpcId: vpc.vpcId,
            description: "Authorizers: nothing in; out to issuers over HTTPS, whose addresses nobody knows beforehand",
            ingress: [],
            egress: [{ ...https, cidrBlocks: ["0.0.0.0/0"] }],
          },
          child,
        ).id,
      };
    this.registerOutputs({});
  }

  /** A route to S3 within AWS, that carries reads of the one bucket, by this account. It costs nothing. */
  private bucketEndpoint(name: string, location: Location, vpc: Vpc, bucketArn: pulumi.Input<string>): VpcEndpoint {
    const tables = Array.from(
      { length: zones },
      (_, zone) =>
        getRouteTableOutput({ subnetId: vpc.isolatedSubnetIds.apply((ids) => ids[zone]!) }, { parent: this })
          .routeTableId,
    );
    return new VpcEndpoint(
      `${name}-models`,
      {
        vpcId: vpc.vpcId,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${location.region}.s3`,
        routeTableIds: tables,
        policy: pulumi.output(bucketArn).apply((bucket) => JSON.stringify(endpointPolicy(location, bucket))),
      },
      { parent: this },
    );
  }

  private logFlows(name: string, { location, keyArn }: NetworkArgs, vpcId: pulumi.Input<string>): void {
    const child = { parent: this };
    const group = `/aws/vpc/${location.prefix}`;
    const log = new LogGroup(`${name}-flows`, { name: group, retentionInDays: 365, kmsKeyId: keyArn }, child);
    const role = new Role(`${name}-flow-role`, { assumeRolePolicy: JSON.stringify(flowTrust(location)) }, child);
    const policy = new RolePolicy(
      `${name}-flow-policy`,
      { role: role.name, policy: JSON.stringify(flowPolicy(location, group)) },
      child,
    );
    new FlowLog(
      `${name}-flow-log`,
      {
        vpcId,
        trafficType: "ALL",
        logDestinationType: "cloud-watch-logs",
        logDestination: log.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: 600,
      },
      { parent: this, dependsOn: [policy] },
    );
  }
}

const https = { protocol: "tcp", fromPort: 443, toPort: 443 };

/** What passes the endpoint: reads of the published models, by principals of this account. */
export function endpointPolicy({ account }: Location, bucketArn: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "PublishedModels",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject", "s3:ListBucket"],
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { StringEquals: { "aws:PrincipalAccount": account } },
      },
    ],
  };
}

/** Flow logs of this account alone take the role. Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html */
export function flowTrust(location: Location): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": location.account },
          ArnLike: { "aws:SourceArn": arn(location, "ec2", "vpc-flow-log/*") },
        },
      },
    ],
  };
}

export function flowPolicy(location: Location, group: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "FlowLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: arn(location, "logs", `log-group:${group}:*`),
      },
    ],
  };
}
