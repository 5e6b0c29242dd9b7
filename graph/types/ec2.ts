// Resource types of EC2 networks.

import { arn, type Context, type ResourceTypes, text } from "./resource-type";

/** The prefix list of S3 in us-east-1, used for every region and service here; in AWS each has its own. */
export const s3Prefixes = "pl-63a5400a";

export const ec2: ResourceTypes = {
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    outputs: ({ region, hex }) => idAndArn("security-group", region, hex, "sg"),
    replaceOnChanges: ["vpcId"],
    reviewed: "read by rules",
  },
  "aws:ec2/eip:Eip": {
    outputs: ({ hex }) => ({ id: `eipalloc-${hex("id", 17)}`, allocationId: `eipalloc-${hex("id", 17)}` }),
    replaceOnChanges: ["address", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"],
    reviewed: "opens nothing",
  },
  "aws:ec2/flowLog:FlowLog": {
    outputs: ({ region, hex }) => idAndArn("vpc-flow-log", region, hex, "fl"),
    replaceOnChanges: [
      "deliverCrossAccountRole",
      "destinationOptions",
      "eniId",
      "iamRoleArn",
      "logDestination",
      "logDestinationType",
      "logFormat",
      "maxAggregationInterval",
      "subnetId",
      "trafficType",
      "transitGatewayAttachmentId",
      "transitGatewayId",
      "vpcId",
    ],
    reviewed: "read by rules",
  },
  "aws:ec2/internetGateway:InternetGateway": {
    outputs: ({ region, hex }) => idAndArn("internet-gateway", region, hex, "igw"),
    replaceOnChanges: [],
    reviewed: "opens nothing",
  },
  "aws:ec2/natGateway:NatGateway": {
    outputs: ({ hex }) => ({ id: `nat-${hex("id", 17)}` }),
    replaceOnChanges: ["allocationId", "connectivityType", "privateIp", "subnetId"],
    reviewed: "opens nothing",
  },
  "aws:ec2/route:Route": {
    outputs: ({ inputs }) => ({ id: `r-${text(inputs.routeTableId)}1080289494` }),
    replaceOnChanges: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"],
    reviewed: "read by rules",
  },
  "aws:ec2/routeTable:RouteTable": {
    outputs: ({ region, hex }) => idAndArn("route-table", region, hex, "rtb"),
    replaceOnChanges: ["vpcId"],
    reviewed: "opens nothing",
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    outputs: ({ hex }) => ({ id: `rtbassoc-${hex("id", 17)}` }),
    replaceOnChanges: ["gatewayId", "subnetId"],
    reviewed: "read by rules",
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    outputs: ({ region, hex }) => idAndArn("security-group", region, hex, "sg"),
    replaceOnChanges: ["description", "name", "namePrefix", "vpcId"],
    reviewed: "read by rules",
  },
  "aws:ec2/subnet:Subnet": {
    outputs: ({ region, hex }) => idAndArn("subnet", region, hex),
    replaceOnChanges: ["availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6Native", "outpostArn", "vpcId"],
    reviewed: "read by rules",
  },
  "aws:ec2/vpc:Vpc": {
    outputs: ({ region, hex }) => idAndArn("vpc", region, hex),
    replaceOnChanges: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
    reviewed: "read by rules",
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    outputs: ({ region, hex }) => ({
      ...idAndArn("vpc-endpoint", region, hex, "vpce"),
      prefixListId: s3Prefixes,
    }),
    replaceOnChanges: ["serviceName", "vpcEndpointType", "vpcId"],
    reviewed: "read by rules",
  },
  "awsx:ec2:Vpc": {
    replaceOnChanges: [],
    reviewed: "opens nothing",
  },
};

/**
 * An id such as `vpc-0123…` and its ARN.
 * @param short prefix of the id if it differs from the resource type in the ARN
 */
function idAndArn(kind: string, region: string, hex: Context["hex"], short = kind): { id: string; arn: string } {
  const id = `${short}-0${hex("id", 16)}`;
  return { id, arn: arn("ec2", region, `${kind}/${id}`) };
}
