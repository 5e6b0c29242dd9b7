// The settings of the three APIs: authorization, throttling, and the issuers of the tokens that they accept.

import { setCommand, type SettingReader } from "./setting-reader";
import { truststoreError } from "./truststore";

export const quotaPeriods = ["DAY", "WEEK", "MONTH"] as const;

/** A fully qualified domain name, lower case. */
export const domainName = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
/** An Auth0 tenant's domain, or the issuer of the local run, which stands in for it. */
const tenantDomain = new RegExp(`${domainName.source}|^localhost:\\d{1,5}$`);
/** One origin or several; in all 2,048 characters, of the 4 KB that a function's environment takes. */
const origin = /^(?=.{1,2048}$)(\*|https?:\/\/[A-Za-z0-9.-]+(:\d+)?(,https?:\/\/[A-Za-z0-9.-]+(:\d+)?)*)$/;

export type ApiSettings = Readonly<ReturnType<typeof readApiSettings>>;

export function readApiSettings(read: SettingReader) {
  return {
    apiGateway: read.boolean("apiGateway"),
    auth0Authorizer: read.boolean("auth0Authorizer"),
    httpApi: read.boolean("httpApi"),
    apiGatewayAuth: read.choice("apiGatewayAuth", ["apiKey", "iam", "cognito", "lambda"]),
    apiGatewayKeyRequired: read.boolean("apiGatewayKeyRequired"),
    httpApiAuth: read.choice("httpApiAuth", ["auto", "iam", "jwt", "openToAnyone"]),
    manageApiGatewayAccount: read.boolean("manageApiGatewayAccount"),
    // Account quotas of API Gateway: 10,000 requests per second (can be raised) and a burst of 5,000 (cannot).
    apiRateLimit: read.integer("apiRateLimit", 1, 10_000),
    apiBurstLimit: read.integer("apiBurstLimit", 1, 5_000),
    keyRateLimit: read.integer("keyRateLimit", 1, 10_000),
    keyBurstLimit: read.integer("keyBurstLimit", 1, 5_000),
    keyQuota: read.integer("keyQuota", 1, 2_147_483_647),
    keyQuotaPeriod: read.choice("keyQuotaPeriod", quotaPeriods),
    corsOrigin: read.optional(
      "corsOrigin",
      origin,
      "an origin, or several separated by commas",
      "https://app.example.com",
    ),
    oidcIssuer: read.optional("oidcIssuer", /^https:\/\/[^\s?#]+$/, "an https URL", "https://tenant.eu.auth0.com/"),
    oidcAudience: read.optional("oidcAudience", /^\S+$/, "an audience", "https://model.example.com"),
    /** PEM file of the only authorities trusted for `oidcIssuer`; empty: the public ones. */
    oidcAuthorities: read.optional("oidcAuthorities", /^[^\0]+$/, "a file", "authorities.pem"),
    auth0Domain: read.optional("auth0Domain", tenantDomain, "a domain", "tenant.eu.auth0.com"),
    auth0Audience: read.optional("auth0Audience", /^[^\s<>]+$/, "an audience", "https://predict.example.com"),
    /** Concurrent executions reserved for each Lambda authorizer; 0: none. */
    authorizerConcurrency: read.integer("authorizerConcurrency", 0, 10_000),
    authorizerNetwork: read.choice("authorizerNetwork", ["outside", "nat"]),
  };
}

/** The tenant's issuer, exactly as in its tokens' `iss`: with a trailing slash. */
export function auth0Issuer({ auth0Domain }: Pick<ApiSettings, "auth0Domain">): string {
  return `https://${auth0Domain}/`;
}

/** Adds an error for each setting that the authorization of an API needs and that is missing. */
export function checkApis(settings: ApiSettings, read: SettingReader): void {
  if (settings.apiGateway && settings.apiGatewayAuth === "lambda") {
    read.require("oidcIssuer", "https://<tenant>.auth0.com/", "apiGatewayAuth lambda checks the tokens of an issuer");
    read.require("oidcAudience", "https://<your-api>", "apiGatewayAuth lambda checks the audience of the tokens");
  }
  if (settings.auth0Authorizer) {
    read.require("auth0Domain", "<tenant>.auth0.com", "auth0Authorizer creates its API in this Auth0 tenant");
    read.require("auth0Audience", "https://<your-api>", "auth0Authorizer uses it as the identifier of its API");
  }
  if (settings.httpApi && settings.httpApiAuth === "jwt" && !settings.auth0Authorizer) {
    read.require("oidcIssuer", "https://<tenant>.auth0.com/", "httpApiAuth jwt checks the tokens of an issuer");
    read.require("oidcAudience", "https://<your-api>", "httpApiAuth jwt checks the audience of the tokens");
  }
  checkAuthorities(settings, read);
}

/** An issuer behind a private authority, and the authorizers that can be told so: a JWT authorizer of API Gateway's cannot. */
function checkAuthorities(settings: ApiSettings, read: SettingReader): void {
  const { oidcAuthorities, apiGateway, apiGatewayAuth, auth0Authorizer, httpApi, httpApiAuth } = settings;
  if (oidcAuthorities === "") return;
  // Source: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html (JWTConfiguration: audience, issuer)
  if (httpApi && httpApiAuth === "jwt" && !auth0Authorizer)
    read.error(
      "httpApiAuth",
      "jwt makes API Gateway fetch the issuer's keys itself, and it cannot be told of the private authorities in oidcAuthorities",
      setCommand("httpApiAuth", "iam"),
    );
  if (!apiGateway || apiGatewayAuth !== "lambda") return;
  const problem = truststoreError(oidcAuthorities);
  if (problem !== undefined) read.error("oidcAuthorities", problem, setCommand("oidcAuthorities", "authorities.pem"));
}
