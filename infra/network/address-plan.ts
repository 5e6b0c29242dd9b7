// How the addresses of a new VPC are shared among its subnets. Pure.

import { addressNumber } from "../settings/network-settings";

export interface AddressPlan {
  /** CIDR blocks of the isolated subnets, one in each zone. */
  readonly isolated: readonly [string, string];
  /** Of the public subnets, which hold NAT gateways alone. */
  readonly nat: readonly [string, string];
  /** Of the subnets behind a NAT gateway. */
  readonly issuers: readonly [string, string];
}

/** Bits of the smallest subnet's prefix. Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const smallest = 28;

/**
 * Sixteenths of the range: two isolated ones, one for both public subnets, two behind a NAT gateway; the rest is free.
 * @param range CIDR block of a /16 to a /23
 */
export function addressPlan(range: string): AddressPlan {
  const [address, length] = range.split("/") as [string, string];
  const first = addressNumber(address);
  const bits = Number(length) + 4;
  const size = 2 ** (32 - bits);
  const natBits = Math.min(Number(length) + 8, smallest);
  const block = (sixteenth: number) => `${addressText(first + sixteenth * size)}/${bits}`;
  const nat = (zone: number) => `${addressText(first + 2 * size + zone * 2 ** (32 - natBits))}/${natBits}`;
  return { isolated: [block(0), block(1)], nat: [nat(0), nat(1)], issuers: [block(3), block(4)] };
}

function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
