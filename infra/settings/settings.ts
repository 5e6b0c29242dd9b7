// The stack's settings: the only reader of pulumi.Config. Types and defaults are in Pulumi.yaml; the allowed values are
// defined here. All faults are reported at once, each with the command that cures it.

import * as pulumi from "@pulumi/pulumi";
import { type ClientSettings, quotaPeriods, readClientSettings } from "./client-settings";
import { checkClients } from "./client-checks";
import { checkFirewall, type FirewallSettings, readFirewallSettings } from "./firewall-settings";
import { checkDomains, type DomainSettings } from "./domain-rules";
import { regionPattern } from "../base/location";
import { type Providers, readProviders } from "./provider-settings";
import { checkSecrets, readSecretSettings, type SecretSettings } from "./secret-settings";
import { checkPhysicalNames } from "./name-rules";
import { SettingReader } from "./setting-reader";
import { tlsPolicies } from "./tls-policy";
import { checkTraining, readTrainingSettings, type TrainingSettings } from "./training-settings";

export const apiGatewayAuths = ["apiKey", "iam", "cognito", "lambda"] as const;
export const authorizerNetworks = ["outside", "nat"] as const;
export const httpApiAuths = ["auto", "iam", "jwt", "openToAnyone"] as const;

/** Validated settings. Every key is declared in Pulumi.yaml under the same name, with its default and unit. */
export interface Settings extends ClientSettings, DomainSettings, FirewallSettings, SecretSettings, TrainingSettings {
  readonly secrets: boolean;
  readonly sagemaker: boolean;
  readonly protectData: boolean;
  /** ARN of the permissions boundary of every role; empty for none. */
  readonly permissionsBoundary: string;
  readonly modelsFolder: string;
  readonly defaultModel: string;
  readonly modelMemory: number;
  readonly modelConcurrency: number;
  readonly apiGatewayAuth: (typeof apiGatewayAuths)[number];
  readonly apiGatewayKeyRequired: boolean;
  readonly manageApiGatewayAccount: boolean;
  readonly apiRateLimit: number;
  readonly apiBurstLimit: number;
  readonly keyRateLimit: number;
  readonly keyBurstLimit: number;
  readonly keyQuota: number;
  readonly keyQuotaPeriod: (typeof quotaPeriods)[number];
  readonly corsOrigin: string;
  readonly oidcIssuer: string;
  readonly oidcAudience: string;
  readonly auth0Domain: string;
  readonly auth0Audience: string;
  readonly httpApiAuth: (typeof httpApiAuths)[number];
  /** Whether the model function and the training jobs run in a private network (VPC). */
  readonly network: boolean;
  /** Concurrent executions reserved for each Lambda authorizer; 0: none. */
  readonly authorizerConcurrency: number;
  readonly authorizerNetwork: (typeof authorizerNetworks)[number];
  /** Whether the APIs and their functions have alarms. */
  readonly alarms: boolean;
  /** p99 latency, in milliseconds, at which an alarm fires. */
  readonly latencyTarget: number;
  /** Denied, or throttled, calls of an API in one minute at which an alarm fires. */
  readonly refusalsPerMinute: number;
  readonly tlsPolicy: (typeof tlsPolicies)[number];
  /** Settings of Pulumi's own providers (`aws:profile` …), which Pulumi.yaml does not declare. */
  readonly providers: Providers;
}

/** The tenant's issuer, exactly as in its tokens' `iss`: with a trailing slash. */
export function auth0Issuer({ auth0Domain }: Settings): string {
  return `https://${auth0Domain}/`;
}

/** A fully qualified domain name, lower case. */
const domainName = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
/** An Auth0 tenant's domain, or the issuer of the local run, which stands in for it. */
const tenantDomain = new RegExp(`${domainName.source}|^localhost:\\d{1,5}$`);
const exampleCertificate = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";
const certificate = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/;

/**
 * Reads and validates the stack's settings.
 * @throws pulumi.RunError with a line for each fault: the key, what is wrong, and the command that cures it.
 */
export function readSettings(): Settings {
  const read = new SettingReader(new pulumi.Config());
  const limits = {
    rate: read.integer("keyRateLimit", 1, 10_000),
    burst: read.integer("keyBurstLimit", 1, 5_000),
    quota: read.integer("keyQuota", 1, 2_147_483_647),
    quotaPeriod: read.choice("keyQuotaPeriod", quotaPeriods),
  };
  const declared: Omit<Settings, "providers"> = {
    apiGateway: read.boolean("apiGateway"),
    auth0Authorizer: read.boolean("auth0Authorizer"),
    httpApi: read.boolean("httpApi"),
    secrets: read.boolean("secrets"),
    sagemaker: read.boolean("sagemaker"),
    awsRegion: read.text("awsRegion", regionPattern, "an AWS region", "us-east-1"),
    protectData: read.boolean("protectData"),
    permissionsBoundary: read.optional(
      "permissionsBoundary",
      /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,512}$/,
      "an IAM policy's ARN",
      "arn:aws:iam::123456789012:policy/model-serving-boundary",
    ),
    modelsFolder: read.text("modelsFolder", /^[^\0]+$/, "a folder", "models"),
    defaultModel: read.text("defaultModel", /^[A-Za-z0-9][\w.-]{0,63}$/, "a model's name", "mymodel"),
    modelMemory: read.integer("modelMemory", 512, 10_240),
    modelConcurrency: read.integer("modelConcurrency", 0, 10_000),
    authorizerConcurrency: read.integer("authorizerConcurrency", 0, 10_000),
    apiGatewayAuth: read.choice("apiGatewayAuth", apiGatewayAuths),
    apiGatewayKeyRequired: read.boolean("apiGatewayKeyRequired"),
    manageApiGatewayAccount: read.boolean("manageApiGatewayAccount"),
    // Account quotas of API Gateway: 10,000 requests per second (can be raised) and a burst of 5,000 (cannot).
    apiRateLimit: read.integer("apiRateLimit", 1, 10_000),
    apiBurstLimit: read.integer("apiBurstLimit", 1, 5_000),
    keyRateLimit: limits.rate,
    keyBurstLimit: limits.burst,
    keyQuota: limits.quota,
    keyQuotaPeriod: limits.quotaPeriod,
    ...readClientSettings(read, limits),
    ...readFirewallSettings(read),
    corsOrigin: read.optional(
      "corsOrigin",
      /^(\*|https?:\/\/[A-Za-z0-9.-]+(:\d+)?)$/,
      "an origin",
      "https://app.example.com",
    ),
    oidcIssuer: read.optional("oidcIssuer", /^https:\/\/[^\s?#]+$/, "an https URL", "https://tenant.eu.auth0.com/"),
    oidcAudience: read.optional("oidcAudience", /^\S+$/, "an audience", "https://model.example.com"),
    auth0Domain: read.optional("auth0Domain", tenantDomain, "a domain", "tenant.eu.auth0.com"),
    auth0Audience: read.optional("auth0Audience", /^[^\s<>]+$/, "an audience", "https://predict.example.com"),
    httpApiAuth: read.choice("httpApiAuth", httpApiAuths),
    apiGatewayDomain: read.optional("apiGatewayDomain", domainName, "a domain", "mymodel.example.com"),
    auth0AuthorizerDomain: read.optional("auth0AuthorizerDomain", domainName, "a domain", "predict.example.com"),
    httpApiDomain: read.optional("httpApiDomain", domainName, "a domain", "models.example.com"),
    hostedZoneId: read.optional("hostedZoneId", /^Z[A-Z0-9]{5,31}$/, "a Route 53 zone's id", "Z0123456789EXAMPLE"),
    certificateArn: read.optional("certificateArn", certificate, "an ACM certificate's ARN", exampleCertificate),
    certificateImported: read.boolean("certificateImported"),
    ownershipCertificateArn: read.optional(
      "ownershipCertificateArn",
      certificate,
      "an ACM certificate's ARN",
      exampleCertificate,
    ),
    tlsPolicy: read.choice("tlsPolicy", tlsPolicies),
    mutualTls: read.boolean("mutualTls"),
    truststore: read.optional("truststore", /^[^\0]+$/, "a file", "truststore.pem"),
    network: read.boolean("network"),
    authorizerNetwork: read.choice("authorizerNetwork", authorizerNetworks),
    alarms: read.boolean("alarms"),
    latencyTarget: read.integer("latencyTarget", 1, 29_000),
    // A tenth of the calls of an account that API Gateway serves in a minute: a number beyond would hardly be reached.
    refusalsPerMinute: read.integer("refusalsPerMinute", 1, 60_000),
    ...readSecretSettings(read),
    ...readTrainingSettings(read),
  };
  const settings: Settings = { ...declared, providers: readProviders(declared, read) };

  if (settings.apiGateway && settings.apiGatewayAuth === "lambda") {
    read.needs("oidcIssuer", "https://<tenant>.auth0.com/", "apiGatewayAuth lambda checks the tokens of an issuer");
    read.needs("oidcAudience", "https://<your-api>", "apiGatewayAuth lambda checks the audience of the tokens");
  }
  if (settings.auth0Authorizer) {
    read.needs("auth0Domain", "<tenant>.auth0.com", "auth0Authorizer creates its API in this Auth0 tenant");
    read.needs("auth0Audience", "https://<your-api>", "auth0Authorizer uses it as the identifier of its API");
  }
  if (settings.httpApi && settings.httpApiAuth === "jwt" && !settings.auth0Authorizer) {
    read.needs("oidcIssuer", "https://<tenant>.auth0.com/", "httpApiAuth jwt checks the tokens of an issuer");
    read.needs("oidcAudience", "https://<your-api>", "httpApiAuth jwt checks the audience of the tokens");
  }
  if (settings.alarms && (settings.apiGateway || settings.auth0Authorizer || settings.httpApi))
    read.needs("alarmEmail", "ops@example.com", "alarms are sent to it");
  if (settings.authorizerNetwork === "nat" && !settings.network)
    read.fault("authorizerNetwork", "needs the private network", "pulumi config set network true");
  checkClients(settings, read);
  checkFirewall(settings, read);
  checkDomains(settings, read);
  checkSecrets(settings, read);
  checkTraining(settings, read);
  checkPhysicalNames(settings, read);
  read.refuseUnknown(Object.keys(declared));
  read.throwFaults();
  return settings;
}
