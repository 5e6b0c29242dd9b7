// Whether networks restrict anybody, and which lies inside which. Two halves (0.0.0.0/1 and 128.0.0.0/1) are as open as 0.0.0.0/0.

import { BlockList, isIP } from "node:net";

/**
 * The share of all addresses from which networks count as the internet: as much as four /8 of IPv4. Of IPv6 only 2000::/3 is
 * in use, and a private network is at most fc00::/7.
 */
const most = 1 / 64;

/** Whether networks (CIDR, or single addresses) together cover much of the IPv4 or IPv6 internet, or one cannot be read. */
export function coversTheInternet(networks: readonly string[]): boolean {
  const shares = { 4: 0, 6: 0 };
  for (const network of networks.map(read)) {
    if (network === undefined) return true;
    shares[network.family] += network.bits === undefined ? 0 : 2 ** -network.bits;
  }
  return shares[4] >= most || shares[6] >= most;
}

/** Whether one network (CIDR) lies inside another. False as well for what is no network. */
export function coversNetwork(outer: string, inner: string): boolean {
  const [whole, part] = [read(outer), read(inner)];
  if (whole?.bits === undefined || part?.bits === undefined || whole.family !== part.family) return false;
  if (whole.bits > part.bits || part.bits > (part.family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const family = whole.family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(whole.address, whole.bits, family);
  return list.check(part.address, family);
}

/** `bits` of the prefix: absent for a single address, and not bounded. @returns undefined for what is neither */
function read(network: string): { address: string; family: 4 | 6; bits: number | undefined } | undefined {
  const [, address = "", length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
  const family = isIP(address);
  if (family !== 4 && family !== 6) return undefined;
  return { address, family, bits: length === undefined ? undefined : Number(length) };
}
