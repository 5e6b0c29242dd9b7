// The local issuer's responses, by method and path.

import { auth0Grant } from "./auth0";
import { cognitoGrant, poolIssuer } from "./cognito";
import { type Form, isTokenError, type Grant, type TokenError } from "./token-endpoint";
import type { Realms } from "./realms";
import { isFailingKind, madeToFail } from "./tokens-made-to-fail";
import { sign, type Draft } from "./signing-keys";

export interface IssuerResponse {
  readonly status: number;
  readonly body: object;
}

export interface IssuerRequest {
  readonly method: string;
  /** Request URL, resolved against this issuer. */
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly form: Form;
}

type IssuerRoute = (realms: Realms, request: IssuerRequest) => IssuerResponse | Promise<IssuerResponse>;

const routes: Readonly<Record<string, IssuerRoute>> = {
  "GET /.well-known/openid-configuration": (realms) => ok(metadata(realms.issuer, realms.issuer, "oauth/token")),
  "GET /.well-known/jwks.json": (realms) => ok({ keys: realms.tenantKeys.published() }),
  "POST /oauth/token": async (realms, { form, authorization }) => {
    const grant = auth0Grant(realms.tenant, form, authorization);
    return isTokenError(grant) ? failed(grant) : issued(grant, realms.tenantDraft(grant));
  },
  "POST /oauth2/token": async (realms, { form, authorization }) => {
    const outcome = cognitoGrant(realms.pools, form, authorization);
    return "error" in outcome ? failed(outcome) : issued(outcome.grant, realms.poolDraft(outcome.pool, outcome.grant));
  },
  "POST /_local/token": async (realms, { url: { searchParams } }) => {
    const kind = searchParams.get("kind") ?? "";
    // Only the token endpoints issue valid tokens, in exchange for a client secret.
    if (!isFailingKind(kind)) return invalid(`kind is not one of ${Object.keys(madeToFail).join(", ")}`);
    const named = (name: string) => searchParams.get(name) ?? undefined;
    const target = { client: named("client"), audience: named("audience"), pool: named("pool") };
    try {
      return ok({ access_token: await madeToFail[kind](realms.genuine(target)), token_type: "Bearer" });
    } catch (error) {
      if (error instanceof RangeError) return invalid(error.message);
      throw error;
    }
  },
};

/** Documents of a pool: `/<pool>/.well-known/<document>`, as under `https://cognito-idp.<region>.amazonaws.com`. */
const poolDocument = /^\/([\w-]+)\/\.well-known\/(openid-configuration|jwks\.json)$/;

export async function respond(realms: Realms, request: IssuerRequest): Promise<IssuerResponse> {
  const route = routes[`${request.method} ${request.url.pathname}`];
  if (route) return route(realms, request);
  const [, poolId, document] = (request.method === "GET" && poolDocument.exec(request.url.pathname)) || [];
  const pool = realms.pools.find(({ id }) => id === poolId);
  if (!pool) return { status: 404, body: { error: "not_found" } };
  if (document === "jwks.json") return ok({ keys: realms.keys(pool.id) });
  // `issuer` is Cognito's URL, but the keys and tokens come from this server.
  return ok(metadata(poolIssuer(pool), realms.issuer, "oauth2/token", `${pool.id}/`));
}

/** OpenID Connect Discovery section 3: the fields that a machine client or a verifier reads. */
function metadata(issuer: string, base: string, tokenPath: string, keysPath = ""): object {
  return {
    issuer,
    jwks_uri: `${base}${keysPath}.well-known/jwks.json`,
    token_endpoint: `${base}${tokenPath}`,
    grant_types_supported: ["client_credentials"],
    response_types_supported: ["token"],
    subject_types_supported: ["public"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}

async function issued(grant: Grant, draft: Draft): Promise<IssuerResponse> {
  const scope = grant.scope === undefined ? {} : { scope: grant.scope };
  return ok({ access_token: await sign(draft), ...scope, expires_in: grant.lifetime, token_type: "Bearer" });
}

function ok(body: object): IssuerResponse {
  return { status: 200, body };
}

function failed({ status, ...body }: TokenError): IssuerResponse {
  return { status, body };
}

function invalid(error_description: string): IssuerResponse {
  return failed({ status: 400, error: "invalid_request", error_description });
}
