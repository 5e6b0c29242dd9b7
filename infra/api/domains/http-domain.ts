// An own domain of an HTTP API, optionally with mutual TLS: clients then need a certificate from an authority in the
// truststore. Guarantees: TLS 1.2 or newer, and the truststore in use is the version that this deployment uploaded.

import { ApiMapping, DomainName } from "@pulumi/aws/apigatewayv2";
import { BucketObjectv2 } from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { DomainCertificate, type OwnDomain, pointDomain } from "./own-domain";
import { PrivateBucket } from "../../base/private-bucket";
import { truststoreFile } from "../../settings/truststore";

export interface HttpDomainArgs {
  readonly domain: OwnDomain;
  readonly apiId: pulumi.Input<string>;
  readonly stageName: pulumi.Input<string>;
  readonly mutualTls?: MutualTls;
}

export interface MutualTls {
  /** PEM file of the authorities whose clients are admitted; relative to the project, or absolute. */
  readonly truststore: string;
  /** ARN of a certificate that proves ownership of the domain, if the domain's own does not; empty: none. */
  readonly ownershipCertificateArn: string;
  /** Bucket that receives the truststore's access logs. */
  readonly logsTo: pulumi.Input<string>;
  /** Refuse to delete the truststore's bucket. */
  readonly protect: boolean;
}

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
   * Uploads the truststore and pins its version, so that writing to the bucket admits nobody. S3's own keys encrypt it:
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
