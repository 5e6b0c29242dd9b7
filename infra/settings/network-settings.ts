// The settings of the private network (VPC): a new one and its addresses, or an existing one and its subnets.

import { BlockList, isIPv4 } from "node:net";
import type { ApiSettings } from "./api-settings";
import type { SettingReader } from "./setting-reader";

export type NetworkSettings = Readonly<ReturnType<typeof readNetworkSettings>>;

/**
 * Bits of the prefix: AWS takes no larger network, and in a smaller one the smallest of its subnets would not fit.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html (/16 to /28, subnets too)
 */
const [fewestBits, mostBits] = [16, 23];

/** RFC 1918 and RFC 6598. */
const privateAddresses = new BlockList();
for (const [address, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
] as const)
  privateAddresses.addSubnet(address, bits);

export function readNetworkSettings(read: SettingReader) {
  return {
    /** Whether the model function and the training jobs run in a private network (VPC). */
    network: read.boolean("network"),
    /** CIDR block of the VPC. */
    networkRange: read.text("networkRange", /^[\d.]+\/\d{1,2}$/, "a network in CIDR notation", "10.0.0.0/16"),
    /** Id of an existing VPC; empty: the stack makes its own. */
    vpcId: read.optional("vpcId", /^vpc-[0-9a-f]{8,17}$/, "a VPC's id", "vpc-0123456789abcdef0"),
    /** Ids of the existing VPC's subnets. */
    subnetIds: read.list("subnetIds", /^subnet-[0-9a-f]{8,17}$/, "a subnet's id", "subnet-0123456789abcdef0"),
  };
}

/** Adds an error for a range that AWS would refuse, and for each setting of an existing VPC that is missing or has no effect. */
export function checkNetwork(
  settings: NetworkSettings & Pick<ApiSettings, "authorizerNetwork">,
  read: SettingReader,
): void {
  const { network, networkRange, vpcId, subnetIds } = settings;
  if (settings.authorizerNetwork === "nat" && !network)
    read.error("authorizerNetwork", "needs the private network", "pulumi config set network true");
  if (!network) {
    if (vpcId !== "") read.error("vpcId", "has no effect without the network", "pulumi config set network true");
    return;
  }
  if (vpcId === "") {
    if (!isRange(networkRange, fewestBits, mostBits))
      read.invalid(
        "networkRange",
        `is not a private network of /${fewestBits} to /${mostBits} that begins with its first address and is free of 172.17.0.0/16`,
        "10.0.0.0/16",
      );
    if (subnetIds.length > 0)
      read.error("subnetIds", "have no effect without vpcId", "pulumi config set vpcId <id of the VPC>");
    return;
  }
  if (!isRange(networkRange, 8, 28))
    read.invalid("networkRange", "is not a private network that begins with its first address", "10.0.0.0/16");
  if (new Set(subnetIds).size < 2)
    read.error("subnetIds", "are fewer than two, and need two zones", "pulumi config set --path 'subnetIds[1]' <id>");
}

/** A private network in CIDR notation, without a bit set beyond its prefix. */
function isRange(range: string, fewest: number, most: number): boolean {
  const [address = "", length = ""] = range.split("/");
  const bits = Number(length);
  if (!isIPv4(address) || bits < fewest || bits > most) return false;
  // AWS's own services use that range. Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
  const own = address.startsWith("172.17.");
  return !own && privateAddresses.check(address) && addressNumber(address) % 2 ** (32 - bits) === 0;
}

/** An IPv4 address as a number. */
export function addressNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Whether an IPv4 network lies in another one. */
export function liesIn(inner: string, outer: string): boolean {
  const [address = "", length] = inner.split("/");
  const [start = "", bits] = outer.split("/");
  const list = new BlockList();
  list.addSubnet(start, Number(bits));
  return Number(length) >= Number(bits) && list.check(address);
}
