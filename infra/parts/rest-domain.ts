// A REST API under a domain of its own. Guarantees: the domain speaks the same TLS as the API's default endpoint would,
// and a request's Host must be the name that its handshake asked for.

import { BasePathMapping, DomainName } from "@pulumi/aws/apigateway";
import * as pulumi from "@pulumi/pulumi";
import { DomainCertificate, type OwnDomain, pointDomain } from "./own-domain";

export interface RestDomainArgs {
  readonly domain: OwnDomain;
  readonly restApi: pulumi.Input<string>;
  readonly stageName: pulumi.Input<string>;
  readonly securityPolicy: string;
}

export class RestDomain extends pulumi.ComponentResource {
  /** The name that the domain's records must point to. */
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
