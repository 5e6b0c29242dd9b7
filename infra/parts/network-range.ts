// A network as the settings name it: a range of addresses in CIDR form (RFC 4632, RFC 4291).

import { isIP } from "node:net";

/** An IPv4 or IPv6 network; everything (/0) is no restriction, and no firewall takes it. */
export const isNetwork = {
  test: (text: string): boolean => {
    const [host = "", length = "", ...more] = text.split("/");
    const family = isIP(host);
    const bits = /^\d{1,3}$/.test(length) ? Number(length) : 0;
    return more.length === 0 && family !== 0 && bits >= 1 && bits <= (family === 4 ? 32 : 128);
  },
};
