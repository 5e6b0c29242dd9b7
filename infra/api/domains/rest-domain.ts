// An own domain of a REST API. Guarantees: it has the same TLS policy as the API's default endpoint would, and a
// request's Host must be the server name (SNI) of its TLS handshake.

import { BasePathMapping, DomainName } from "@pulumi/aws/apigateway";
import * as pulumi from "@pulumi/pulumi";
import { DomainCertificate, type OwnDomain, pointDomain } from "./own-domain";

export interface RestDomainArgs {
  readonly domain: OwnDomain;
  readonly restApi: pulumi.Input<string>;
  readonly stageName: pulumi.Input<string>;
  /** API Gateway's name of the TLS policy, see tls-policy.ts. */
  readonly securityPolicy: string;
}

export class RestDomain extends pulumi.ComponentResource {
  /** The name that the domain's DNS records must point to. */
  readonly target: pulumi.Output<string>;

  constructor(name: string, args: RestDomainArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:RestDomain", name, {}, options);
    const child = { parent: this };
    const certificate = new DomainCertificate(`${name}-tls`, { domain: args.domain }, child);
    const domain = new DomainName(
      `${name}-name`,
      {
        domainName: args.domain.name,
        regionalCertificateArn: certificate.arn,
        securityPolicy: args.securityPolicy,
        endpointAccessMode: "STRICT",
        endpointConfiguration: { types: "REGIONAL", ipAddressType: "dualstack" },
      },
      child,
    );
    new BasePathMapping(
      `${name}-mapping`,
      { domainName: domain.domainName, restApi: args.restApi, stageName: args.stageName },
      child,
    );
    this.target = domain.regionalDomainName;
    pointDomain(name, args.domain, { name: this.target, zoneId: domain.regionalZoneId }, this);
    this.registerOutputs({ target: this.target });
  }
}
