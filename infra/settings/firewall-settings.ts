// The settings of the firewall in front of the REST APIs.

import { isNetwork } from "./network-range";
import type { SettingReader } from "./setting-reader";

export interface FirewallSettings {
  readonly firewall: boolean;
  /** Networks (CIDR) that are blocked. */
  readonly blockedNetworks: readonly string[];
  /** ISO 3166 codes of the countries that may call, and no others; empty: every country may. */
  readonly allowedCountries: readonly string[];
  /** Requests accepted from one address in five minutes. */
  readonly firewallAddressRate: number;
  /** Requests accepted with one API key in five minutes, from all addresses together. */
  readonly firewallKeyRate: number;
}

/**
 * Range of a rate-based rule's limit, in requests. The least is WAF's; WAF would also take two billion, which nobody
 * reaches. The most here is 1,000 requests per second, a tenth of what API Gateway serves to all callers of an account.
 * Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */
const [least, most] = [10, 300_000];

export function readFirewallSettings(read: SettingReader): FirewallSettings {
  const example = "198.51.100.0/24";
  return {
    firewall: read.boolean("firewall"),
    blockedNetworks: read.list("blockedNetworks", isNetwork, `a network such as ${example}`, example),
    allowedCountries: read.list("allowedCountries", /^[A-Z]{2}$/, "a country's code of two letters", "CH"),
    firewallAddressRate: read.integer("firewallAddressRate", least, most),
    firewallKeyRate: read.integer("firewallKeyRate", least, most),
  };
}

interface Filtered extends FirewallSettings {
  readonly apiGateway: boolean;
  readonly auth0Authorizer: boolean;
  readonly httpApi: boolean;
  readonly allowedNetworks: readonly string[];
}

/** Adds a fault for each filter that would be silently ignored, because nothing applies it. */
export function checkFirewall(settings: Filtered, read: SettingReader): void {
  const filters = (["allowedNetworks", "blockedNetworks", "allowedCountries"] as const).filter(
    (key) => settings[key].length > 0,
  );
  if (settings.apiGateway || settings.auth0Authorizer) {
    for (const key of filters)
      if (key !== "allowedNetworks" && !settings.firewall)
        read.fault(key, "has no effect without the firewall", "pulumi config set firewall true");
  } else if (settings.httpApi) {
    for (const key of filters)
      read.fault(key, "filters only REST APIs, and the HTTP API is open to every network", `pulumi config rm ${key}`);
  }
}
