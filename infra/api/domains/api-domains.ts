// The own domains of the two kinds of API. That of an HTTP API can have mutual TLS: clients then need a certificate from
// an authority in the truststore.

import { BasePathMapping, DomainName as RestDomainName } from "@pulumi/aws/apigateway";
import { ApiMapping, DomainName } from "@pulumi/aws/apigatewayv2";
import { BucketObjectv2 } from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { PrivateBucket } from "../../base/private-bucket";
import { truststoreFile } from "../../settings/truststore";
import { DomainCertificate, type OwnDomain, pointDomain } from "./own-domain";

export interface HttpDomainArgs {
  readonly domain: OwnDomain;
  readonly apiId: pulumi.Input<string>;
  readonly stageName: pulumi.Input<string>;
  readonly mutualTls?: MutualTls;
}

export interface MutualTls {
  /** PEM file of the authorities whose clients are accepted; relative to the project, or absolute. */
  readonly truststore: string;
  /** ARN of a certificate that proves ownership of the domain, if the domain's own does not; empty: none. */
  readonly ownershipCertificateArn: string;
  /** Bucket that receives the truststore's access logs. */
  readonly logsTo: pulumi.Input<string>;
  /** Protects the truststore's bucket from deletion. */
  readonly protect: boolean;
}

/** An own domain of an HTTP API: TLS 1.2 or newer. The truststore in use is the version that this deployment uploaded. */
export class HttpDomain extends pulumi.ComponentResource {
  /** The name that the domain's DNS records must point to. */
  readonly target: pulumi.Output<string>;

  constructor(name: string, args: HttpDomainArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:HttpDomain", name, {}, options);
    const { domain, mutualTls } = args;
    const child = { parent: this };
    const certificate = new DomainCertificate(`${name}-tls`, { domain }, child);
    const domainName = new DomainName(
      `${name}-name`,
      {
        domainName: domain.name,
        domainNameConfiguration: {
          certificateArn: certificate.arn,
          endpointType: "REGIONAL",
          ipAddressType: "dualstack",
          // The only policy that a domain of an HTTP API takes; it allows TLS 1.2 and 1.3.
          // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-ciphers.html
          securityPolicy: "TLS_1_2",
          ...(mutualTls === undefined || mutualTls.ownershipCertificateArn === ""
            ? {}
            : { ownershipVerificationCertificateArn: mutualTls.ownershipCertificateArn }),
        },
        ...(mutualTls === undefined ? {} : { mutualTlsAuthentication: this.truststore(name, mutualTls) }),
      },
      child,
    );
    new ApiMapping(
      `${name}-mapping`,
      { apiId: args.apiId, domainName: domainName.domainName, stage: args.stageName },
      child,
    );
    const endpoint = domainName.domainNameConfiguration;
    this.target = endpoint.targetDomainName;
    pointDomain(name, domain, { name: this.target, zoneId: endpoint.hostedZoneId }, this);
    this.registerOutputs({ target: this.target });
  }

  /**
   * Uploads the truststore and pins its version, so that writing to the bucket lets nobody in. S3's own keys encrypt it:
   * the certificates are public, and all that matters is that nobody changes them.
   * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html
   */
  private truststore(name: string, { truststore, logsTo, protect }: MutualTls) {
    const bucket = new PrivateBucket(`${name}-truststore`, { protect, logsTo }, { parent: this });
    const object = new BucketObjectv2(
      `${name}-truststore`,
      {
        bucket: bucket.bucket,
        key: "truststore.pem",
        source: new pulumi.asset.FileAsset(truststoreFile(truststore)),
        contentType: "application/x-pem-file",
      },
      { parent: this, dependsOn: bucket.ready },
    );
    return {
      truststoreUri: pulumi.interpolate`s3://${object.bucket}/${object.key}`,
      truststoreVersion: object.versionId,
    };
  }
}

interface RestDomainArgs {
  readonly domain: OwnDomain;
  readonly restApi: pulumi.Input<string>;
  readonly stageName: pulumi.Input<string>;
  /** API Gateway's name of the TLS policy, see domain-settings.ts. */
  readonly securityPolicy: string;
}

/**
 * An own domain of a REST API. It has the same TLS policy as the API's default endpoint would, and a request's Host must be
 * the server name (SNI) of its TLS handshake.
 */
export class RestDomain extends pulumi.ComponentResource {
  /** The name that the domain's DNS records must point to. */
  readonly target: pulumi.Output<string>;

  constructor(name: string, args: RestDomainArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:RestDomain", name, {}, options);
    const child = { parent: this };
    const certificate = new DomainCertificate(`${name}-tls`, { domain: args.domain }, child);
    const domain = new RestDomainName(
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
