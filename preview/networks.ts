// Whether one network (CIDR) lies inside another.

import { BlockList, isIP } from "node:net";

/** False as well for what is no network. */
export function coversNetwork(outer: string, inner: string): boolean {
  const [whole, part] = [read(outer), read(inner)];
  if (whole === undefined || part === undefined || whole.family !== part.family || whole.bits > part.bits) return false;
  const list = new BlockList();
  list.addSubnet(whole.address, whole.bits, whole.family);
  return list.check(part.address, part.family);
}

function read(network: string): { address: string; bits: number; family: "ipv4" | "ipv6" } | undefined {
  const [address = "", bits = ""] = network.split("/");
  const version = isIP(address);
  if (version === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128)) return undefined;
  return { address, bits: Number(bits), family: version === 4 ? "ipv4" : "ipv6" };
}
