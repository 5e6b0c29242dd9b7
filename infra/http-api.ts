// The module `httpApi`: the model behind an HTTP API, at /models, for tokens of an issuer or for signed requests; under a
// domain of its own, where asked with mutual TLS. Guarantees: it is open only when the setting says `openToAnyone`; what
// the stage serves is one deployed state of the API; where there is a domain, nothing answers beside it.

import { createHash } from "node:crypto";
import { Api, Deployment, Stage } from "@pulumi/aws/apigatewayv2";
import { LogGroup } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import type { ServerlessFunction } from "./parts/function";
import {
  corsConfiguration,
  documentVersion,
  httpAccessLogFormat,
  httpApiDocument,
  type HttpProtection,
} from "./parts/http-api-document";
import { HttpDomain } from "./parts/http-domain";
import { InvokePolicy } from "./parts/invoke-policy";
import { arn, dnsSuffix, type Location } from "./parts/location";
import { ownDomain } from "./parts/own-domain";
import { auth0Issuer, type Settings } from "./settings";

export interface HttpApiArgs {
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

export class HttpApi extends pulumi.ComponentResource {
  /** What a client needs; never a key, a secret or a token. */
  readonly outputs: Record<string, pulumi.Input<unknown>>;

  constructor(name: string, args: HttpApiArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:HttpApiModule", name, {}, options);
    const { location, settings } = args;
    const child = { parent: this };
    const title = `${location.prefix}-${name}`;
    const stageName = pulumi.getStack();
    const protection = httpProtection(settings);
    const domain = ownDomain(settings, settings.httpApiDomain);

    const body = JSON.stringify(
      httpApiDocument({
        title,
        plainPath,
        region: location.region,
        partition: location.partition,
        functionArn: args.function.aliasArn,
        protection,
        corsOrigin: settings.corsOrigin,
        domain: domain?.name,
      }),
    );
    const apiArguments = {
      disableExecuteApiEndpoint: domain !== undefined,
      corsConfiguration: corsConfiguration(settings.corsOrigin),
    };
    const api = new Api(
      `${name}-api`,
      {
        name: title,
        description: `${title}: inference`,
        version: documentVersion,
        protocolType: "HTTP",
        body,
        failOnWarnings: true,
        ...apiArguments,
      },
      child,
    );
    const executionArn = api.id.apply((id) => arn(location, "execute-api", id));
    args.function.allowApiGateway(`${name}-invoke`, pulumi.interpolate`${executionArn}/${stageName}/*`, this);

    // Deployed on purpose rather than by `autoDeploy`, which would serve every state that an import goes through.
    const deployment = new Deployment(
      `${name}-deployment`,
      {
        apiId: api.id,
        triggers: {
          api: createHash("sha256")
            .update(body + JSON.stringify(apiArguments))
            .digest("hex"),
        },
      },
      child,
    );
    const log = new LogGroup(
      `${name}-access-log`,
      { name: `/aws/apigateway/${title}`, retentionInDays: 365, kmsKeyId: args.keyArn },
      child,
    );
    const stage = new Stage(
      `${name}-stage`,
      {
        apiId: api.id,
        name: stageName,
        deploymentId: deployment.id,
        accessLogSettings: { destinationArn: log.arn, format: httpAccessLogFormat },
        defaultRouteSettings: {
          throttlingRateLimit: settings.apiRateLimit,
          throttlingBurstLimit: settings.apiBurstLimit,
          detailedMetricsEnabled: true,
        },
      },
      child,
    );
    const own =
      domain === undefined
        ? undefined
        : new HttpDomain(
            `${name}-domain`,
            { domain, apiId: api.id, stageName: stage.name, mutualTls: mutualTls(settings, args.logsTo) },
            child,
          );
    const url =
      domain === undefined
        ? pulumi.interpolate`https://${api.id}.execute-api.${location.region}.${dnsSuffix(location)}/${stageName}`
        : pulumi.output(`https://${domain.name}`);
    // Made under every protection, though it only opens something under IAM: callers' roles hold it, and a policy that
    // is held cannot be deleted, so that switching Auth0 on would fail.
    const { policyArn } = new InvokePolicy(
      `${name}-invoke-policy`,
      { location, apiId: api.id, stageName, plainPath },
      child,
    );
    this.outputs = {
      apiGatewayUrl: pulumi.interpolate`${url}${plainPath}`,
      httpApiAuth: protection.kind,
      ...(protection.kind === "iam" ? { httpApiInvokePolicyArn: policyArn } : {}),
      ...(own === undefined ? {} : { httpApiDomainTarget: own.target }),
    };
    this.registerOutputs({});
  }
}

/** Tokens of the Auth0 tenant where there is one, else of the issuer that the settings name; signed requests otherwise. */
export function httpProtection(settings: Settings): HttpProtection {
  const { httpApiAuth, auth0Authorizer, auth0Audience, tokenIssuer, tokenAudience } = settings;
  if (httpApiAuth === "openToAnyone") return { kind: "none" };
  if (httpApiAuth === "iam" || (httpApiAuth === "auto" && !auth0Authorizer)) return { kind: "iam" };
  return auth0Authorizer
    ? { kind: "jwt", issuer: auth0Issuer(settings), audience: auth0Audience }
    : { kind: "jwt", issuer: tokenIssuer, audience: tokenAudience };
}

function mutualTls(settings: Settings, logsTo: pulumi.Input<string>) {
  if (!settings.mutualTls) return undefined;
  const { truststore, certificateImported, ownershipCertificateArn, protectData } = settings;
  return {
    truststore,
    ownershipCertificateArn: certificateImported ? ownershipCertificateArn : "",
    logsTo,
    protect: protectData,
  };
}
