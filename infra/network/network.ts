// The private network (VPC): subnets in two zones without a route to the internet, for the model function and the
// training jobs; with `authorizerNetwork` nat, also subnets behind a NAT gateway, for authorizers that must reach their
// issuer. Guarantees: nothing enters from outside, outbound traffic is restricted, every flow is logged, and the
// default security group allows nothing.

import { DefaultSecurityGroup, SecurityGroup } from "@pulumi/aws/ec2";
import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones";
import { Vpc } from "@pulumi/awsx/ec2/vpc";
import * as pulumi from "@pulumi/pulumi";
import type { ProviderResource } from "@pulumi/pulumi";
import { endpointName } from "../base/endpoint-name";
import type { Location, VpcConfig } from "../base/location";
import { userError } from "../base/user-error";
import type { FunctionNetwork } from "../function/function-network";
import type { Settings } from "../settings/settings";
import { addressPlan } from "./address-plan";
import { flowLog } from "./flow-log";
import { https, InstanceNetwork, s3Addresses } from "./instance-network";
import { RuntimeEndpoint } from "./runtime-endpoint";

export interface NetworkArgs {
  readonly location: Location;
  readonly settings: Settings;
  /** KMS key of the flow log. */
  readonly keyArn: pulumi.Input<string>;
  /** Whether the model function is deployed. */
  readonly serving: boolean;
  /** Names of the zones, one for each subnet of a kind. */
  readonly zones: readonly string[];
}

/** Number of zones, and of subnets of each kind. */
const subnetsOfAKind = 2;

export class Network extends pulumi.ComponentResource {
  /** Placement of the model function; absent if it is not deployed. */
  readonly isolated?: FunctionNetwork;
  /** Placement of authorizers, behind the NAT gateway; absent: they run outside the VPC. */
  readonly throughNat?: FunctionNetwork;
  /** Placement of the training jobs; absent without the module `sagemaker`. */
  readonly jobs?: pulumi.Output<VpcConfig>;
  /** Placement of the endpoints' engines; absent without endpoints. */
  readonly engines?: pulumi.Output<VpcConfig>;
  /** The function's path to the endpoints; absent without them. */
  readonly runtime?: pulumi.Resource;
  /** The isolated subnets, to whose route tables the S3 endpoint is added; `zones` is their number. */
  readonly subnets: {
    readonly vpcId: pulumi.Output<string>;
    readonly subnetIds: pulumi.Output<string[]>;
    readonly zones: number;
  };

  constructor(name: string, args: NetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Network", name, {}, options);
    const { location, settings, serving } = args;
    const child = { parent: this };
    const withNat = authorizersUseNat(settings);
    const plan = addressPlan(settings.networkRange);
    const isolatedRanges = [...plan.isolated];
    const vpc = new Vpc(
      `${name}-vpc`,
      {
        cidrBlock: settings.networkRange,
        availabilityZoneNames: [...args.zones],
        enableDnsHostnames: true,
        enableDnsSupport: true,
        natGateways: { strategy: withNat ? "Single" : "None" },
        subnetStrategy: "Auto",
        subnetSpecs: [
          { type: "Isolated", name: "isolated", cidrBlocks: isolatedRanges },
          ...(withNat
            ? [
                { type: "Public" as const, name: "nat", cidrBlocks: [...plan.nat] },
                { type: "Private" as const, name: "issuers", cidrBlocks: [...plan.issuers] },
              ]
            : []),
        ],
      },
      child,
    );
    // Resources that are created without a security group get the default one: it allows nothing in or out.
    const { id: closedGroupId } = new DefaultSecurityGroup(
      `${name}-default`,
      { vpcId: vpc.vpcId, ingress: [], egress: [] },
      child,
    );
    flowLog(name, { location, keyArn: args.keyArn, vpcId: vpc.vpcId }, this);
    this.subnets = { vpcId: vpc.vpcId, subnetIds: vpc.isolatedSubnetIds, zones: subnetsOfAKind };
    const endpoints = serving ? endpointNames(location, settings) : [];
    // Only the module `sagemaker` and endpoints give anything to read or write in S3.
    const storage = settings.sagemaker || endpoints.length > 0 ? s3Addresses(location, this) : undefined;
    if (serving) {
      const egress = functionEgress(
        settings.sagemaker ? storage : undefined,
        endpoints.length > 0 ? isolatedRanges : [],
      );
      const callers = new SecurityGroup(
        `${name}-isolated`,
        { vpcId: vpc.vpcId, description: functionGroup(endpoints.length > 0), ingress: [], egress },
        child,
      ).id;
      this.isolated = { subnetIds: vpc.isolatedSubnetIds, closedGroupId, securityGroupId: callers };
      if (endpoints.length > 0)
        this.runtime = new RuntimeEndpoint(`${name}-runtime`, { location, ...this.subnets, callers, endpoints }, child);
    }
    if (storage !== undefined) {
      const { jobs, engines } = new InstanceNetwork(
        `${name}-jobs`,
        { location, ...this.subnets, cidrBlocks: isolatedRanges, storage, jobs: settings.sagemaker, endpoints },
        child,
      );
      if (jobs !== undefined) this.jobs = jobs;
      if (engines !== undefined) this.engines = engines;
    }
    if (withNat)
      this.throughNat = {
        subnetIds: vpc.privateSubnetIds,
        closedGroupId,
        securityGroupId: new SecurityGroup(
          `${name}-issuers`,
          {
            vpcId: vpc.vpcId,
            description: "Authorizers: nothing in; out to issuers over HTTPS, whose addresses nobody knows beforehand",
            ingress: [],
            egress: [{ ...https, cidrBlocks: ["0.0.0.0/0"], description: "Issuers of tokens, anywhere" }],
          },
          child,
        ).id,
      };
    this.registerOutputs({});
  }
}

/** What the model function's security group says of itself. */
export const functionGroup = (calls: boolean): string =>
  `The model function: nothing in; out to ${calls ? "what it reads and calls" : "the published models"} alone`;

/**
 * Where the model function's traffic may go.
 * @param storage id of S3's prefix list, if it reads published models
 * @param ranges CIDR blocks in which the endpoint of SageMaker's runtime lies, if it calls any
 */
export function functionEgress(storage: pulumi.Input<string> | undefined, ranges: readonly string[]) {
  const runtime = {
    ...https,
    cidrBlocks: [...ranges],
    description: "Endpoint of SageMaker's runtime: calls of endpoints",
  };
  return [
    ...(storage === undefined
      ? []
      : [{ ...https, prefixListIds: [storage], description: "S3 of this region: the published models" }]),
    ...(ranges.length > 0 ? [runtime] : []),
  ];
}

/** Names of the stack's endpoints. */
export function endpointNames(location: Location, { endpoints }: Pick<Settings, "endpoints">): string[] {
  return endpoints.map(({ model }) => endpointName(location, model));
}

/** Whether there are authorizers that run in the VPC. */
export function authorizersUseNat(settings: Settings): boolean {
  const { authorizerNetwork, auth0Authorizer, apiGateway, apiGatewayAuth } = settings;
  return authorizerNetwork === "nat" && (auth0Authorizer || (apiGateway && apiGatewayAuth === "lambda"));
}

/**
 * Zones whose subnets Lambda is known to refuse ("The provided subnets contain availability zone Lambda doesn't
 * support"), from reports, not a list of AWS's. By id: a name such as us-east-1c stands for another zone in each account.
 * Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html (ids and names)
 */
export const unsupportedZoneIds = ["use1-az3"];

/**
 * Left to itself, awsx takes the first two of all zones that the account may use: an opted-in Local Zone among them (its
 * name sorts before the regular ones), or one in which Lambda accepts no subnet.
 *
 * Names of the first zones of the provider's region that are no Local or Wavelength Zone and that Lambda accepts, in
 * awsx's order and whatever their present state: a stack's subnets must not move because a zone fails.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html (opt-in-status)
 * @throws pulumi.RunError if the region has fewer
 */
export async function zonesFor(region: string, provider: ProviderResource): Promise<string[]> {
  const { names } = await getAvailabilityZones(
    { filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }], excludeZoneIds: unsupportedZoneIds },
    { provider },
  );
  if (names.length < subnetsOfAKind)
    throw userError(
      `network: of the zones of ${region}, Lambda can use ${names.length} in this account, and ${subnetsOfAKind} are needed: pulumi config set network false`,
    );
  return names.slice(0, subnetsOfAKind);
}
