// Checks the settings of domains, certificates and mutual TLS for what AWS refuses, before anything is deployed. What
// an API type cannot do (an HTTP API: TLS 1.3 only) or does not do here (a REST API: mutual TLS) has no setting.

import type { SettingReader } from "./setting-reader";
import { set } from "./setting-reader";
import { truststoreProblem } from "./truststore";

export interface DomainSettings {
  readonly apiGateway: boolean;
  readonly auth0Authorizer: boolean;
  readonly httpApi: boolean;
  readonly awsRegion: string;
  /** Own domains of the three APIs; empty: the API uses its default endpoint. */
  readonly apiGatewayDomain: string;
  readonly auth0AuthorizerDomain: string;
  readonly httpApiDomain: string;
  /** Id of the domains' Route 53 zone; empty: their DNS records are managed elsewhere. */
  readonly hostedZoneId: string;
  /** ARN of an ACM certificate that covers all the domains; empty: one is requested for each. */
  readonly certificateArn: string;
  /** Whether that certificate was imported into ACM or issued by a private authority. */
  readonly certificateImported: boolean;
  /** ARN of a certificate issued by Amazon that proves ownership of the domain if `certificateArn` is imported. */
  readonly ownershipCertificateArn: string;
  /** Whether clients of the HTTP API must present a certificate. */
  readonly mutualTls: boolean;
  /** Path of a PEM file with the authorities that issue those certificates. */
  readonly truststore: string;
}

/** Adds a fault for every combination of settings that AWS would refuse, for the modules that are on. */
export function checkDomains(settings: DomainSettings, read: SettingReader): void {
  const mutualTls = settings.httpApi && settings.mutualTls;
  if (mutualTls) {
    // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html (Prerequisites)
    read.needs("httpApiDomain", "models.example.com", "mutual TLS works only with an own domain");
    read.needs("truststore", "truststore.pem", "mutual TLS accepts certificates of the authorities in it");
    const problem = settings.truststore === "" ? undefined : truststoreProblem(settings.truststore);
    if (problem !== undefined) read.fault("truststore", problem, set("truststore", "truststore.pem"));
  }
  const domains = domainsInUse(settings);
  checkCertificate(settings, domains, mutualTls, read);
  for (const [key, name] of domains) {
    const other = domains.find(([, taken]) => taken === name)!;
    // Both APIs would be mapped to the domain's root; and a domain with a REST API's TLS policy takes no HTTP API.
    // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
    if (other[0] !== key) read.fault(key, `is also the domain of ${other[0]}`, set(key, "another.example.com"));
  }
}

/** Setting and name of each domain that a module which is on uses. */
function domainsInUse(settings: DomainSettings): [key: string, name: string][] {
  const named: [string, boolean, string][] = [
    ["apiGatewayDomain", settings.apiGateway, settings.apiGatewayDomain],
    ["auth0AuthorizerDomain", settings.auth0Authorizer, settings.auth0AuthorizerDomain],
    ["httpApiDomain", settings.httpApi, settings.httpApiDomain],
  ];
  return named.filter(([, on, name]) => on && name !== "").map(([key, , name]) => [key, name]);
}

function checkCertificate(
  settings: DomainSettings,
  domains: readonly (readonly [key: string, name: string])[],
  mutualTls: boolean,
  read: SettingReader,
): void {
  const { certificateArn, certificateImported, ownershipCertificateArn, awsRegion } = settings;
  if (domains.length === 0) return;
  if (certificateArn === "") {
    const why = `${domains[0]![0]} needs a certificate: one that is validated in this zone, or certificateArn`;
    read.needs("hostedZoneId", "<zone id>", why);
    if (certificateImported) {
      read.fault(
        "certificateImported",
        "applies to certificateArn, which is not set",
        set("certificateImported", "false"),
      );
    }
    return;
  }
  // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains-prerequisites.html
  if (regionOf(certificateArn) !== awsRegion) {
    read.fault("certificateArn", "is in another region than awsRegion", set("certificateArn", "<ARN of that region>"));
  }
  // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html (imported certificates)
  if (!mutualTls || !certificateImported) return;
  read.needs(
    "ownershipCertificateArn",
    "<ARN of a certificate that Amazon issued for the domain>",
    "mutual TLS needs proof of who owns the domain, which an imported certificate does not give",
  );
  if (ownershipCertificateArn === certificateArn) {
    read.fault(
      "ownershipCertificateArn",
      "is the imported certificate itself",
      set("ownershipCertificateArn", "<ARN>"),
    );
  } else if (ownershipCertificateArn !== "" && regionOf(ownershipCertificateArn) !== awsRegion) {
    read.fault(
      "ownershipCertificateArn",
      "is in another region than awsRegion",
      set("ownershipCertificateArn", "<ARN>"),
    );
  }
}

function regionOf(arn: string): string | undefined {
  return arn.split(":")[3];
}
