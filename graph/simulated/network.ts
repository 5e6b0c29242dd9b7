// Computed outputs of EC2 networks and WAF firewalls.

import { arn, type Context, type Inputs, type Rows, text } from "./row";

/** The prefix list of S3 in us-east-1, used for every region and service here; in AWS each has its own. */
export const s3Prefixes = "pl-63a5400a";

export const network: Rows = {
  "aws:ec2/vpc:Vpc": ({ region, hex }) => ec2("vpc", region, hex),
  "aws:ec2/subnet:Subnet": ({ region, hex }) => ec2("subnet", region, hex),
  "aws:ec2/internetGateway:InternetGateway": ({ region, hex }) => ec2("internet-gateway", region, hex, "igw"),
  "aws:ec2/natGateway:NatGateway": ({ hex }) => ({ id: `nat-${hex("id", 17)}` }),
  "aws:ec2/eip:Eip": ({ hex }) => ({ id: `eipalloc-${hex("id", 17)}`, allocationId: `eipalloc-${hex("id", 17)}` }),
  "aws:ec2/routeTable:RouteTable": ({ region, hex }) => ec2("route-table", region, hex, "rtb"),
  "aws:ec2/route:Route": ({ inputs }) => ({ id: `r-${text(inputs.routeTableId)}1080289494` }),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ({ hex }) => ({ id: `rtbassoc-${hex("id", 17)}` }),
  "aws:ec2/securityGroup:SecurityGroup": ({ region, hex }) => ec2("security-group", region, hex, "sg"),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ({ region, hex }) => ec2("security-group", region, hex, "sg"),
  "aws:ec2/flowLog:FlowLog": ({ region, hex }) => ec2("vpc-flow-log", region, hex, "fl"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ region, hex }) => ({
    ...ec2("vpc-endpoint", region, hex, "vpce"),
    prefixListId: s3Prefixes,
  }),
  "aws:wafv2/ipSet:IpSet": ({ region, uuid, physical }) => {
    const id = uuid("id");
    return { id, name: physical, arn: arn("wafv2", region, `regional/ipset/${physical}/${id}`) };
  },
  "aws:wafv2/webAcl:WebAcl": ({ region, uuid, physical }) => {
    const id = uuid("id");
    return { id, name: physical, arn: arn("wafv2", region, `regional/webacl/${physical}/${id}`), capacity: 900 };
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": ({ inputs }) => ({
    id: `${text(inputs.webAclArn)},${text(inputs.resourceArn)}`,
  }),
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": ({ inputs }) => ({ id: text(inputs.resourceArn) }),
};

/** A zone, and whether the account had to opt in to it. */
interface Zone {
  readonly name: string;
  readonly id: string;
  readonly optIn: "opt-in-not-required" | "opted-in";
}

/**
 * The zones of a region that a look-up returns, sorted by name as the provider does. The account has opted in to a Local
 * Zone; and in us-east-1 its second zone is one of those in which Lambda accepts no subnet, as in older accounts.
 * @throws Error for a filter that is not simulated
 */
export function zonesOf(region: string, { filters, excludeZoneIds, ...more }: Inputs): Zone[] {
  const [area = "", ...rest] = region.split("-");
  const short = `${area}${rest.join("").replace(/north|south|east|west|central|gov/g, (word) => word[0]!)}`;
  const local = { name: `${region}-bos-1a`, id: `${short}-bos1-az1`, optIn: "opted-in" } as const;
  const regular = ["a-az1", "b-az3", "c-az2"].map((zone) => {
    const [letter, id] = zone.split("-");
    return { name: `${region}${letter}`, id: `${short}-${id}`, optIn: "opt-in-not-required" } as const;
  });
  const strange = Object.keys(more)[0];
  if (strange !== undefined) throw new Error(`getAvailabilityZones: ${strange} is not simulated`);
  const excluded = (excludeZoneIds ?? []) as readonly string[];
  const asked = ((filters ?? []) as readonly { name: string; values: readonly string[] }[]).map(({ name, values }) => {
    if (name !== "opt-in-status") throw new Error(`getAvailabilityZones: the filter ${name} is not simulated`);
    return values;
  });
  return [local, ...regular].filter(
    ({ id, optIn }) => !excluded.includes(id) && asked.every((values) => values.includes(optIn)),
  );
}

/**
 * An id such as `vpc-0123…` and its ARN.
 * @param short prefix of the id if it differs from the resource type in the ARN
 */
function ec2(kind: string, region: string, hex: Context["hex"], short = kind): { id: string; arn: string } {
  const id = `${short}-0${hex("id", 16)}`;
  return { id, arn: arn("ec2", region, `${kind}/${id}`) };
}
