// Which networks and countries may call the APIs, and the settings of the firewall in front of the REST APIs.

import { isIP } from "node:net";
import type { ApiSettings } from "./api-settings";
import type { SettingReader } from "./setting-reader";

/**
 * Range of a rate-based rule's limit, in requests. The least is WAF's; WAF would also take two billion, which nobody
 * reaches. The most here is 1,000 requests per second, a tenth of what API Gateway serves to all callers of an account.
 * Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */
const [least, most] = [10, 300_000];

export type FirewallSettings = Readonly<ReturnType<typeof readFirewallSettings>>;

export function readFirewallSettings(read: SettingReader) {
  const example = "198.51.100.0/24";
  return {
    /** Networks (CIDR) that may reach the REST APIs, by their resource policies; empty: all. */
    allowedNetworks: read.list(
      "allowedNetworks",
      isOwnedNetwork,
      "a network such as 203.0.113.0/24, of a /8 at most (IPv6: /16)",
      "203.0.113.0/24",
    ),
    firewall: read.boolean("firewall"),
    /** Networks (CIDR) that are blocked. */
    blockedNetworks: read.list("blockedNetworks", isNetwork, `a network such as ${example}`, example),
    /** ISO 3166 codes of the countries that may call, and no others; empty: every country may. */
    allowedCountries: read.list("allowedCountries", /^[A-Z]{2}$/, "a country's code of two letters", "CH"),
    /** Requests accepted from one address in five minutes. */
    firewallAddressRate: read.integer("firewallAddressRate", least, most),
    /** Requests accepted with one API key in five minutes, from all addresses together. */
    firewallKeyRate: read.integer("firewallKeyRate", least, most),
  };
}

type Checked = FirewallSettings & Pick<ApiSettings, "apiGateway" | "auth0Authorizer" | "httpApi">;

/** Adds an error for each filter that would be silently ignored, because nothing applies it. */
export function checkFirewall(settings: Checked, read: SettingReader): void {
  const filters = (["allowedNetworks", "blockedNetworks", "allowedCountries"] as const).filter(
    (key) => settings[key].length > 0,
  );
  if (settings.apiGateway || settings.auth0Authorizer) {
    for (const key of filters)
      if (key !== "allowedNetworks" && !settings.firewall)
        read.error(key, "has no effect without the firewall", "pulumi config set firewall true");
  } else if (settings.httpApi) {
    for (const key of filters)
      read.error(key, "filters only REST APIs, and the HTTP API is open to every network", `pulumi config rm ${key}`);
  }
}

// A range of addresses in CIDR notation (RFC 4632, RFC 4291).

/** Accepts an IPv4 or IPv6 network, except /0, which restricts nothing and which WAF does not accept. */
const isNetwork = { test: (text: string): boolean => isAtLeast(text, 1, 1) };

/**
 * Accepts a network that can have an owner: at most a /8 of IPv4 or a /16 of IPv6. A few larger ones, such as the two halves
 * 0.0.0.0/1 and 128.0.0.0/1, are the internet.
 */
const isOwnedNetwork = { test: (text: string): boolean => isAtLeast(text, 8, 16) };

/** @param least4 fewest bits of the prefix of an IPv4 network. @param least6 the same of IPv6 */
function isAtLeast(text: string, least4: number, least6: number): boolean {
  const [host = "", length = "", ...more] = text.split("/");
  const family = isIP(host);
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : 0;
  const [least, most] = family === 4 ? [least4, 32] : [least6, 128];
  return more.length === 0 && family !== 0 && bits >= least && bits <= most;
}
