// Validates a network in the settings: a range of addresses in CIDR notation (RFC 4632, RFC 4291).

import { isIP } from "node:net";

/** Accepts an IPv4 or IPv6 network, except /0, which restricts nothing and which WAF does not accept. */
export const isNetwork = { test: (text: string): boolean => isAtLeast(text, 1, 1) };

/**
 * Accepts a network that can have an owner: at most a /8 of IPv4 or a /16 of IPv6. A few larger ones, such as the two halves
 * 0.0.0.0/1 and 128.0.0.0/1, are the internet.
 */
export const isOwnedNetwork = { test: (text: string): boolean => isAtLeast(text, 8, 16) };

/** @param least4 fewest bits of the prefix of an IPv4 network. @param least6 the same of IPv6 */
function isAtLeast(text: string, least4: number, least6: number): boolean {
  const [host = "", length = "", ...more] = text.split("/");
  const family = isIP(host);
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : 0;
  const [least, most] = family === 4 ? [least4, 32] : [least6, 128];
  return more.length === 0 && family !== 0 && bits >= least && bits <= most;
}
