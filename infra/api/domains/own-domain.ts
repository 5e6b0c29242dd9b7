// An API's own domain, with its certificate and DNS records, for REST and HTTP APIs alike. Guarantees: a certificate
// that is requested here is validated before anything uses it.

import { Certificate, CertificateValidation } from "@pulumi/aws/acm";
import { Record as DnsRecord } from "@pulumi/aws/route53";
import * as pulumi from "@pulumi/pulumi";
import type { DomainSettings } from "../../settings/domain-settings";

export interface OwnDomain {
  /** Fully qualified, lower case. */
  readonly name: string;
  /** Id of the name's Route 53 zone; empty: its DNS records are managed elsewhere. */
  readonly hostedZoneId: string;
  /** ARN of an ACM certificate in the API's region; empty: one is requested, and validated through the zone. */
  readonly certificateArn: string;
}

/** The domain of an API; `undefined` where the settings name none. */
export function ownDomain(settings: DomainSettings, name: string): OwnDomain | undefined {
  const { hostedZoneId, certificateArn } = settings;
  return name === "" ? undefined : { name, hostedZoneId, certificateArn };
}

export interface DomainCertificateArgs {
  readonly domain: OwnDomain;
}

export class DomainCertificate extends pulumi.ComponentResource {
  /** Resolves only when the certificate is valid. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { domain }: DomainCertificateArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:DomainCertificate", name, {}, options);
    const child = { parent: this };
    if (domain.certificateArn !== "") {
      this.arn = pulumi.output(domain.certificateArn);
    } else {
      const certificate = new Certificate(
        `${name}-certificate`,
        { domainName: domain.name, validationMethod: "DNS" },
        child,
      );
      const proof = certificate.domainValidationOptions[0]!;
      const record = new DnsRecord(
        `${name}-proof`,
        {
          zoneId: domain.hostedZoneId,
          name: proof.resourceRecordName,
          type: proof.resourceRecordType,
          records: [proof.resourceRecordValue],
          ttl: 300,
          // ACM requires the same record for every certificate of this name in the account: in another region, of another
          // stack, or of one that was destroyed. So it may exist, and can only have this value.
          // Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
          allowOverwrite: true,
        },
        child,
      );
      const validation = new CertificateValidation(
        `${name}-validation`,
        { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
        child,
      );
      this.arn = validation.certificateArn;
    }
    this.registerOutputs({ arn: this.arn });
  }
}

/** DNS target of a domain: name and hosted zone id of AWS's regional endpoint. */
export interface Endpoint {
  readonly name: pulumi.Input<string>;
  readonly zoneId: pulumi.Input<string>;
}

/** Points the domain to its endpoint over IPv4 and IPv6, if its zone is in the settings. */
export function pointDomain(name: string, domain: OwnDomain, endpoint: Endpoint, parent: pulumi.Resource): void {
  if (domain.hostedZoneId === "") return;
  for (const type of ["A", "AAAA"]) {
    new DnsRecord(
      `${name}-${type.toLowerCase()}`,
      {
        zoneId: domain.hostedZoneId,
        name: domain.name,
        type,
        aliases: [{ name: endpoint.name, zoneId: endpoint.zoneId, evaluateTargetHealth: false }],
      },
      { parent },
    );
  }
}
