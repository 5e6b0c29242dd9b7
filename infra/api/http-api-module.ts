// The module `httpApi`: the model behind an HTTP API, at /models, for tokens of an issuer or for signed requests
// (SigV4); optionally under an own domain, with mutual TLS. Guarantees: it is open to anyone only if the setting says
// `openToAnyone`.

import * as pulumi from "@pulumi/pulumi";
import type { ServerlessFunction } from "../function/function";
import { HttpApi } from "./http/http-api";
import type { HttpAuthorization } from "./documents/http-api-document";
import type { MutualTls } from "./domains/api-domains";
import { InvokePolicy } from "./authorizers/invoke-policy";
import type { Location } from "../base/location";
import { ownDomain } from "./domains/own-domain";
import type { ApiModule } from "../base/monitored";
import { auth0Issuer } from "../settings/api-settings";
import type { Settings } from "../settings/settings";

export interface HttpApiModuleArgs {
  readonly location: Location;
  readonly settings: Settings;
  /** The model function. */
  readonly function: ServerlessFunction;
  /** Bucket that receives the truststore's access logs. */
  readonly logsTo: pulumi.Input<string>;
  /** KMS key of the logs. */
  readonly keyArn: pulumi.Input<string>;
}

const plainPath = "/models";

export class HttpApiModule extends pulumi.ComponentResource implements ApiModule {
  readonly outputs: Record<string, pulumi.Input<unknown>>;
  readonly monitored: ApiModule["monitored"];

  constructor(name: string, args: HttpApiModuleArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:HttpApiModule", name, {}, options);
    const { location, settings } = args;
    const authorization = httpAuthorization(settings);
    const api = new HttpApi(
      name,
      {
        location,
        plainPath,
        function: args.function,
        authorization,
        corsOrigin: settings.corsOrigin,
        rateLimit: settings.apiRateLimit,
        burstLimit: settings.apiBurstLimit,
        domain: ownDomain(settings, settings.httpApiDomain),
        mutualTls: mutualTls(settings, args.logsTo),
        keyArn: args.keyArn,
      },
      { parent: this },
    );
    // Created under every authorization, although it only grants something under IAM: callers' roles have it attached, and
    // IAM refuses to delete an attached policy, so that switching from IAM to tokens would fail.
    const { policyArn } = new InvokePolicy(
      `${name}-invoke-policy`,
      { location, apiId: api.apiId, stageName: api.stageName, plainPath },
      { parent: this },
    );
    this.monitored = { api: api.monitored, functions: [] };
    this.outputs = {
      apiGatewayUrl: pulumi.interpolate`${api.url}${plainPath}`,
      httpApiAuth: authorization.kind,
      ...(authorization.kind === "iam" ? { httpApiInvokePolicyArn: policyArn } : {}),
      ...(api.domainTarget === undefined ? {} : { httpApiDomainTarget: api.domainTarget }),
    };
    this.registerOutputs({});
  }
}

/**
 * `auto`: tokens if the module `auth0Authorizer` is on, IAM otherwise. Tokens are those of the Auth0 tenant if that
 * module is on, otherwise those of the issuer in the settings.
 */
function httpAuthorization(settings: Settings): HttpAuthorization {
  const { httpApiAuth, auth0Authorizer, auth0Audience, oidcIssuer, oidcAudience } = settings;
  if (httpApiAuth === "openToAnyone") return { kind: "none" };
  if (httpApiAuth === "iam" || (httpApiAuth === "auto" && !auth0Authorizer)) return { kind: "iam" };
  return auth0Authorizer
    ? { kind: "jwt", issuer: auth0Issuer(settings), audience: auth0Audience }
    : { kind: "jwt", issuer: oidcIssuer, audience: oidcAudience };
}

function mutualTls(settings: Settings, logsTo: pulumi.Input<string>): MutualTls | undefined {
  if (!settings.mutualTls) return undefined;
  const { truststore, certificateImported, protectData } = settings;
  // A certificate that Amazon issued proves the domain's ownership by itself.
  const ownershipCertificateArn = certificateImported ? settings.ownershipCertificateArn : "";
  return { truststore, ownershipCertificateArn, logsTo, protect: protectData };
}
