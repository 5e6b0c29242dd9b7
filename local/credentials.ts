// Working credentials for what the graph protects: what `npm start` prints and `--json` lists.

import { createHmac } from "node:crypto";
import { environment, scope } from "../contract";
import { type Graph, ofType } from "../graph/resource";
import type { ServedApi } from "./gateway/front";
import type { Identities } from "./identities";
import type { Tenant } from "./issuer/auth0";
import type { UserPool } from "./issuer/cognito";
import type { LocalIssuer } from "./issuer/issuer";

/** As they apply; every value is text. */
export interface Credentials {
  apiKey?: string;
  accessKeyId?: string;
  secretAccessKey?: string;
  region?: string;
  /** An access token that works now. */
  token?: string;
  issuer?: string;
  tokenEndpoint?: string;
  clientId?: string;
  clientSecret?: string;
  audience?: string;
  scope?: string;
}

/** User pools of the graph, as the local issuer plays them. */
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

/** Seconds; Cognito's default is an hour, and its default unit hours. */
function lifetimeOf(inputs: Readonly<Record<string, unknown>>): number {
  const unit = (inputs.tokenValidityUnits as { accessToken?: string } | undefined)?.accessToken ?? "hours";
  return Number(inputs.accessTokenValidity ?? 1) * (secondsIn[unit] ?? 3_600);
}

/** The issuer's one application, with the scope for the audience that the stack's authorizer asks for. */
export function tenantOf(graph: Graph, issuer: string, seed: Buffer): Tenant {
  const audiences = ofType(graph, "aws:lambda/function:Function")
    .map(({ inputs }) => (inputs.environment as { variables?: Record<string, string> } | undefined)?.variables ?? {})
    .filter((variables) => variables[environment.tokenIssuer] === issuer)
    .map((variables) => variables[environment.tokenAudience]!);
  const derive = (purpose: string, length: number) =>
    createHmac("sha512", seed).update(`application/${purpose}`).digest("base64url").slice(0, length);
  return {
    apis: audiences.map((audience) => ({ audience, lifetime: 3_600 })),
    applications: [
      {
        id: derive("id", 32),
        secret: derive("secret", 64),
        grants: Object.fromEntries(audiences.map((audience) => [audience, [scope]])),
      },
    ],
  };
}

/** What lets a caller in, for the protections that the APIs have. */
export async function credentialsOf(
  graph: Graph,
  apis: readonly ServedApi[],
  identities: Identities,
  issuer: LocalIssuer | undefined,
  tenant: Tenant | undefined,
): Promise<Credentials> {
  const auths = new Set(apis.flatMap(({ routes }) => routes.map(({ auth }) => auth)));
  const credentials: Credentials = {};
  const joined = ofType(graph, "aws:apigateway/usagePlanKey:UsagePlanKey")[0]?.inputs.keyId;
  const key = ofType(graph, "aws:apigateway/apiKey:ApiKey").find(({ id }) => id === joined);
  if (key !== undefined) credentials.apiKey = String(key.outputs.value);
  if (auths.has("AWS_IAM")) {
    credentials.accessKeyId = identities.caller.accessKeyId;
    credentials.secretAccessKey = identities.caller.secretAccessKey;
    credentials.region = regionOf(graph);
  }
  const pool = userPools(graph)[0];
  const poolClient = pool?.clients[0];
  const application = tenant?.applications[0];
  if (issuer !== undefined && pool !== undefined && poolClient !== undefined) {
    Object.assign(credentials, {
      token: await issuer.tokens.genuine({ pool: pool.id }),
      issuer: `https://cognito-idp.${pool.region}.amazonaws.com/${pool.id}`,
      tokenEndpoint: issuer.poolTokenEndpoint,
      clientId: poolClient.id,
      clientSecret: poolClient.secret,
      scope: poolClient.scopes.join(" "),
    });
  } else if (issuer !== undefined && application !== undefined && tenant!.apis.length > 0) {
    Object.assign(credentials, {
      token: await issuer.tokens.genuine(),
      issuer: issuer.url,
      tokenEndpoint: issuer.tokenEndpoint,
      clientId: application.id,
      clientSecret: application.secret,
      audience: tenant!.apis[0]!.audience,
      scope,
    });
  }
  return credentials;
}

function regionOf(graph: Graph): string {
  const api = ofType(graph, "aws:apigateway/restApi:RestApi")[0];
  return String(api?.outputs.executionArn).split(":")[3] ?? "";
}
