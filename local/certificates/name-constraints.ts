// The name constraints extension (RFC 5280 section 4.2.1.10), which the X.509 library has no class for.

import { isIP } from "node:net";
import { Extension } from "@peculiar/x509";

/** DER tags of the GeneralName choices: context-specific, primitive. */
const dnsName = 0x82;
const ipAddress = 0x87;
const sequence = 0x30;
/** permittedSubtrees: context-specific, constructed. */
const permittedSubtrees = 0xa0;

/**
 * A critical extension that limits subordinate certificates to these domains, their subdomains and loopback addresses.
 *
 * @param domains DNS names without a leading dot
 */
export function nameConstraints(domains: readonly string[]): Extension {
  const names = domains.map((domain) => tlv(dnsName, Buffer.from(domain, "ascii")));
  const addresses = ["127.0.0.0/8", "::1/128"].map((network) => tlv(ipAddress, subnet(network)));
  const subtrees = [...names, ...addresses].map((name) => tlv(sequence, name));
  const value = tlv(sequence, tlv(permittedSubtrees, Buffer.concat(subtrees)));
  return new Extension("2.5.29.30", true, Uint8Array.from(value).buffer);
}

/** DER encoding: tag, length, value. */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

/** Address followed by mask. For IPv6 only `::1` is supported. */
function subnet(network: string): Buffer {
  const [address = "", prefix = ""] = network.split("/");
  const bytes = isIP(address) === 4 ? address.split(".").map(Number) : [...new Array<number>(15).fill(0), 1];
  const mask = bytes.map((_, index) => (0xff << (8 - Math.min(8, Math.max(0, Number(prefix) - 8 * index)))) & 0xff);
  return Buffer.from([...bytes, ...mask]);
}
