// Whether networks restrict anybody. Two halves (0.0.0.0/1 and 128.0.0.0/1) are as open as 0.0.0.0/0.

import { isIP } from "node:net";

/**
 * The share of all addresses from which networks count as the internet: as much as four /8 of IPv4. Of IPv6 only 2000::/3 is
 * in use, and a private network is at most fc00::/7.
 */
const most = 1 / 64;

/** Whether networks (CIDR, or single addresses) together cover much of the IPv4 or IPv6 internet, or one cannot be read. */
export function coversTheInternet(networks: readonly string[]): boolean {
  const shares = { 4: 0, 6: 0 };
  for (const network of networks) {
    const [, address = "", length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
    const family = isIP(address);
    if (family !== 4 && family !== 6) return true;
    shares[family] += length === undefined ? 0 : 2 ** -Number(length);
  }
  return shares[4] >= most || shares[6] >= most;
}
