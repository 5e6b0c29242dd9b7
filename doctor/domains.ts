// Own domains whose DNS records are made elsewhere: whether they have one. Its target exists only after the first
// deployment, which needs no record, so that a missing one is no error.

import { resolve } from "node:dns/promises";
import { good, type CheckResult, unknown } from "./check-result";

/** Each own domain's module, setting, and the output that names its target. */
const domains = [
  ["apiGateway", "apiGatewayDomain", "apiGatewayDomainTarget"],
  ["auth0Authorizer", "auth0AuthorizerDomain", "auth0AuthorizerDomainTarget"],
  ["httpApi", "httpApiDomain", "httpApiDomainTarget"],
] as const;

export async function checkDomainRecords(
  settings: Readonly<Record<string, string>>,
  lookUp: (name: string) => Promise<unknown> = resolve,
): Promise<CheckResult[]> {
  if (settings.hostedZoneId) return [];
  const used = domains.filter(([module, key]) => settings[module] === "true" && settings[key]);
  return Promise.all(
    used.map(async ([, key, output]) => {
      try {
        await lookUp(settings[key]!);
        return good(`${key}: it has a DNS record`);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== "ENOTFOUND" && code !== "ENODATA") return unknown(`${key}: DNS cannot be asked from here`);
        return good(
          `${key}: it has no DNS record yet: after the first pulumi up, point it (CNAME) to: pulumi stack output ${output}`,
        );
      }
    }),
  );
}
