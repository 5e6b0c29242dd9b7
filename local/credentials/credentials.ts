// Working credentials for the APIs in the graph: what `npm start` prints and `--json` lists.

import { scope } from "../../contract";
import { type Graph, ofType } from "../../graph/resource";
import type { ServedApi } from "../server/http-message";
import type { Identities } from "../iam/identities";
import type { Tenant } from "../issuer/auth0";
import { poolIssuer, type UserPool } from "../issuer/cognito";
import type { LocalIssuer } from "../issuer/issuer";
import { requiredPool, requiredTokens } from "./required-tokens";
import type { ClientCredentials } from "./clients";

/** Only the fields that apply are present. */
export interface Credentials {
  apiKey?: string;
  accessKeyId?: string;
  secretAccessKey?: string;
  region?: string;
  /** An access token that is valid now. */
  token?: string;
  issuer?: string;
  tokenEndpoint?: string;
  clientId?: string;
  clientSecret?: string;
  audience?: string;
  scope?: string;
  /** Paths of PEM files, for APIs behind mutual TLS. */
  clientCert?: string;
  clientKey?: string;
  /** Of each client that the API lists, by name. The fields above are then those of the first client. */
  clients?: Readonly<Record<string, ClientCredentials>>;
}

/** What credentials are made of. */
export interface Sources {
  readonly graph: Graph;
  readonly identities: Identities;
  readonly issuer: LocalIssuer | undefined;
  readonly tenant: Tenant | undefined;
  /** API keys that the rotation has made, by client name; the empty name is the key of no particular client. */
  readonly rotatedKeys: ReadonlyMap<string, string | undefined>;
}

/** The user pools of the graph, in the form that the local issuer takes. */
export function userPools(graph: Graph): UserPool[] {
  return ofType(graph, "aws:cognito/userPool:UserPool").map((pool) => ({
    id: pool.id,
    region: pool.id.split("_")[0]!,
    clients: ofType(graph, "aws:cognito/userPoolClient:UserPoolClient")
      .filter(({ inputs }) => inputs.userPoolId === pool.id)
      .map(({ id, inputs, outputs }) => ({
        id,
        secret: String(outputs.clientSecret),
        scopes: (inputs.allowedOauthScopes as string[] | undefined) ?? [],
        lifetime: lifetimeOf(inputs),
      })),
  }));
}

const secondsIn: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };

/** In seconds. Cognito's default is 1, and its default unit is hours. */
function lifetimeOf(inputs: Readonly<Record<string, unknown>>): number {
  const unit = (inputs.tokenValidityUnits as { accessToken?: string } | undefined)?.accessToken ?? "hours";
  return Number(inputs.accessTokenValidity ?? 1) * (secondsIn[unit] ?? 3_600);
}

/** Credentials for one API, except the client certificate. */
export async function credentialsOf(api: ServedApi, sources: Sources): Promise<Credentials> {
  const { graph, identities } = sources;
  const auths = new Set(api.routes.map(({ auth }) => auth));
  const credentials: Credentials = {};
  if (api.routes.some(({ keyRequired }) => keyRequired))
    credentials.apiKey = sources.rotatedKeys.get("") ?? apiKeyOf(graph, api);
  if (auths.has("AWS_IAM")) {
    credentials.accessKeyId = identities.caller.accessKeyId;
    credentials.secretAccessKey = identities.caller.secretAccessKey;
    credentials.region = api.region;
  }
  return { ...credentials, ...(await tokenOf(api, sources)) };
}

/** Merges the credentials of all APIs; where several have the same field, the first API's value wins. */
export function merged(all: readonly Credentials[]): Credentials {
  const credentials: Credentials = {};
  for (const own of all) {
    const { token, issuer, tokenEndpoint, clientId, clientSecret, audience, scope: tokenScope, ...others } = own;
    Object.assign(credentials, { ...others, ...credentials });
    // The fields of a token stay together: a client of one issuer is unknown to another.
    if (credentials.token === undefined && token !== undefined)
      Object.assign(credentials, { token, issuer, tokenEndpoint, clientId, clientSecret, audience, scope: tokenScope });
  }
  return credentials;
}

async function tokenOf(api: ServedApi, { graph, issuer, tenant }: Sources): Promise<Credentials> {
  if (issuer === undefined) return {};
  const pool = userPools(graph).find(({ id }) => id === requiredPool(graph, api.id));
  const poolClient = pool?.clients[0];
  if (pool !== undefined && poolClient !== undefined)
    return {
      token: await issuer.tokens.genuine({ pool: pool.id }),
      issuer: poolIssuer(pool),
      tokenEndpoint: issuer.poolTokenEndpoint,
      clientId: poolClient.id,
      clientSecret: poolClient.secret,
      scope: poolClient.scopes.join(" "),
    };
  const required = requiredTokens(graph).find(({ apiId, issuer: iss }) => apiId === api.id && iss === issuer.url);
  const application = tenant?.applications.find(({ grants }) => required && Object.hasOwn(grants, required.audience));
  if (required === undefined || application === undefined) return {};
  return {
    token: await issuer.tokens.genuine({ client: application.id, audience: required.audience }),
    issuer: issuer.url,
    tokenEndpoint: issuer.tokenEndpoint,
    clientId: application.id,
    clientSecret: application.secret,
    audience: required.audience,
    scope,
  };
}

/** An API key in a usage plan that includes the API. */
function apiKeyOf(graph: Graph, api: ServedApi): string | undefined {
  const plans = ofType(graph, "aws:apigateway/usagePlan:UsagePlan").filter(({ inputs }) =>
    ((inputs.apiStages ?? []) as { apiId?: unknown }[]).some(({ apiId }) => apiId === api.id),
  );
  const joined = ofType(graph, "aws:apigateway/usagePlanKey:UsagePlanKey")
    .filter(({ inputs }) => plans.some(({ id }) => id === inputs.usagePlanId))
    .map(({ inputs }) => inputs.keyId);
  const key = ofType(graph, "aws:apigateway/apiKey:ApiKey").find(({ id }) => joined.includes(id));
  return key && String(key.outputs.value);
}
