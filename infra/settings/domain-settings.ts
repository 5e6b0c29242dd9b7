// The settings of the APIs' domains, certificates, TLS and mutual TLS, checked for what AWS refuses, before anything is
// deployed. What an API type cannot do (an HTTP API: TLS 1.3 only) or does not do here (a REST API: mutual TLS) has no
// setting.

import { type ApiSettings, domainName } from "./api-settings";
import { setCommand, type SettingReader } from "./setting-reader";
import type { StackSettings } from "./stack-settings";
import { truststoreError } from "./truststore";

/**
 * API Gateway's names of the TLS policies of REST APIs, for their own domains and their default endpoints: TLS 1.3 only;
 * or, for older clients, TLS 1.2 as well, with forward secrecy and post-quantum key exchange. HTTP APIs have no choice
 * (TLS_1_2).
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
 */
export const securityPolicies = {
  tls13: "SecurityPolicy_TLS13_1_3_2025_09",
  tls12: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
} as const;

const certificate = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/;
const exampleCertificate = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";

export type DomainSettings = Readonly<ReturnType<typeof readDomainSettings>>;

export function readDomainSettings(read: SettingReader) {
  const domain = (key: string, example: string) => read.optional(key, domainName, "a domain", example);
  const certificateOf = (key: string) =>
    read.optional(key, certificate, "an ACM certificate's ARN", exampleCertificate);
  return {
    /** Own domains of the three APIs; empty: the API uses its default endpoint. */
    apiGatewayDomain: domain("apiGatewayDomain", "mymodel.example.com"),
    auth0AuthorizerDomain: domain("auth0AuthorizerDomain", "predict.example.com"),
    httpApiDomain: domain("httpApiDomain", "models.example.com"),
    /** Id of the domains' Route 53 zone; empty: their DNS records are managed elsewhere. */
    hostedZoneId: read.optional("hostedZoneId", /^Z[A-Z0-9]{5,31}$/, "a Route 53 zone's id", "Z0123456789EXAMPLE"),
    /** ARN of an ACM certificate that covers all the domains; empty: one is requested for each. */
    certificateArn: certificateOf("certificateArn"),
    /** Whether that certificate was imported into ACM or issued by a private authority. */
    certificateImported: read.boolean("certificateImported"),
    /** ARN of a certificate issued by Amazon that proves ownership of the domain if `certificateArn` is imported. */
    ownershipCertificateArn: certificateOf("ownershipCertificateArn"),
    tlsPolicy: read.choice("tlsPolicy", ["tls13", "tls12"]),
    /** Whether clients of the HTTP API must present a certificate. */
    mutualTls: read.boolean("mutualTls"),
    /** Path of a PEM file with the authorities that issue those certificates. */
    truststore: read.optional("truststore", /^[^\0]+$/, "a file", "truststore.pem"),
  };
}

type Checked = DomainSettings &
  Pick<ApiSettings, "apiGateway" | "auth0Authorizer" | "httpApi"> &
  Pick<StackSettings, "awsRegion">;

/** Adds an error for every combination of settings that AWS would refuse, for the modules that are on. */
export function checkDomains(settings: Checked, read: SettingReader): void {
  const mutualTls = settings.httpApi && settings.mutualTls;
  if (mutualTls) {
    // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html (Prerequisites)
    read.require("httpApiDomain", "models.example.com", "mutual TLS works only with an own domain");
    read.require("truststore", "truststore.pem", "mutual TLS accepts certificates of the authorities in it");
    const problem = settings.truststore === "" ? undefined : truststoreError(settings.truststore);
    if (problem !== undefined) read.error("truststore", problem, setCommand("truststore", "truststore.pem"));
  }
  const domains = domainsInUse(settings);
  checkCertificate(settings, domains, mutualTls, read);
  for (const [key, name] of domains) {
    const other = domains.find(([, taken]) => taken === name)!;
    // Both APIs would be mapped to the domain's root; and a domain with a REST API's TLS policy takes no HTTP API.
    // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
    if (other[0] !== key) read.error(key, `is also the domain of ${other[0]}`, setCommand(key, "another.example.com"));
  }
}

/** Setting and name of each domain that a module which is on uses. */
function domainsInUse(settings: Checked): [key: string, name: string][] {
  const named: [string, boolean, string][] = [
    ["apiGatewayDomain", settings.apiGateway, settings.apiGatewayDomain],
    ["auth0AuthorizerDomain", settings.auth0Authorizer, settings.auth0AuthorizerDomain],
    ["httpApiDomain", settings.httpApi, settings.httpApiDomain],
  ];
  return named.filter(([, on, name]) => on && name !== "").map(([key, , name]) => [key, name]);
}

function checkCertificate(
  settings: Checked,
  domains: readonly (readonly [key: string, name: string])[],
  mutualTls: boolean,
  read: SettingReader,
): void {
  const { certificateArn, certificateImported, ownershipCertificateArn, awsRegion } = settings;
  if (domains.length === 0) return;
  if (certificateArn === "") {
    const why = `${domains[0]![0]} needs a certificate: one that is validated in this zone, or certificateArn`;
    read.require("hostedZoneId", "<zone id>", why);
    if (certificateImported) {
      read.error(
        "certificateImported",
        "applies to certificateArn, which is not set",
        setCommand("certificateImported", "false"),
      );
    }
    return;
  }
  // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains-prerequisites.html
  if (regionOf(certificateArn) !== awsRegion) {
    read.error(
      "certificateArn",
      "is in another region than awsRegion",
      setCommand("certificateArn", "<ARN of that region>"),
    );
  }
  // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html (imported certificates)
  if (!mutualTls || !certificateImported) return;
  read.require(
    "ownershipCertificateArn",
    "<ARN of a certificate that Amazon issued for the domain>",
    "mutual TLS needs proof of who owns the domain, which an imported certificate does not give",
  );
  if (ownershipCertificateArn === certificateArn) {
    read.error(
      "ownershipCertificateArn",
      "is the imported certificate itself",
      setCommand("ownershipCertificateArn", "<ARN>"),
    );
  } else if (ownershipCertificateArn !== "" && regionOf(ownershipCertificateArn) !== awsRegion) {
    read.error(
      "ownershipCertificateArn",
      "is in another region than awsRegion",
      setCommand("ownershipCertificateArn", "<ARN>"),
    );
  }
}

function regionOf(arn: string): string | undefined {
  return arn.split(":")[3];
}
