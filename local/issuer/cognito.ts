// Cognito's `POST /oauth2/token` for user pool clients that use the client credentials grant.
// Sources: https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html,
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html

import { randomUUID } from "node:crypto";
import { dnsSuffix } from "../../contract";
import {
  authenticated,
  credentialsOf,
  type Form,
  requestedScopes,
  type Grant,
  type TokenError,
} from "./token-endpoint";

export interface UserPool {
  /** For example `us-west-2_aB3dE6gH9`. */
  readonly id: string;
  readonly region: string;
  readonly clients: readonly PoolClient[];
}

export interface PoolClient {
  readonly id: string;
  readonly secret: string;
  /** Allowed scopes, `<resource server>/<scope>`. */
  readonly scopes: readonly string[];
  /** Lifetime of its access tokens, in seconds. */
  readonly lifetime: number;
}

/** The `iss` claim of a pool's tokens. */
export function poolIssuer(pool: Pick<UserPool, "id" | "region">): string {
  return `https://cognito-idp.${pool.region}.${dnsSuffix(pool.region)}/${pool.id}`;
}

/** The grant for a token request with its pool, which is found by the client id; or the error. */
export function cognitoGrant(
  pools: readonly UserPool[],
  form: Form,
  authorization: string | undefined,
): { readonly pool: UserPool; readonly grant: Grant } | TokenError {
  const rejected = (error: string): TokenError => ({ status: 400, error });
  const type = form.get("grant_type");
  if (type === undefined) return rejected("invalid_request");
  if (type !== "client_credentials") return rejected("unsupported_grant_type");
  const credentials = credentialsOf(form, authorization);
  const pool = pools.find(({ clients }) => clients.some(({ id }) => id === credentials?.id));
  const client = pool && authenticated(pool.clients, credentials);
  if (!client) return rejected("invalid_client");
  const scopes = requestedScopes(form.get("scope")) ?? client.scopes;
  if (scopes.some((scope) => !client.scopes.includes(scope))) return rejected("invalid_scope");
  return { pool, grant: poolGrant(client, scopes) };
}

/** The claims of Cognito's machine-to-machine access tokens: no `aud`, and no `typ` in the header. */
export function poolGrant(client: PoolClient, scopes: readonly string[]): Grant {
  return {
    lifetime: client.lifetime,
    claims: {
      sub: client.id,
      token_use: "access",
      ...(scopes.length > 0 && { scope: scopes.join(" ") }),
      version: 2,
      jti: randomUUID(),
      client_id: client.id,
    },
  };
}
