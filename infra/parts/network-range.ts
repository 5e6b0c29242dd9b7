// Validates a network in the settings: a range of addresses in CIDR notation (RFC 4632, RFC 4291).

import { isIP } from "node:net";

/** Accepts an IPv4 or IPv6 network, except /0, which restricts nothing and which WAF does not accept. */
export const isNetwork = {
  test: (text: string): boolean => {
    const [host = "", length = "", ...more] = text.split("/");
    const family = isIP(host);
    const bits = /^\d{1,3}$/.test(length) ? Number(length) : 0;
    return more.length === 0 && family !== 0 && bits >= 1 && bits <= (family === 4 ? 32 : 128);
  },
};
