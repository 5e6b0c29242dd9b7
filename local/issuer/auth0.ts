// Auth0's `POST /oauth/token` for machine-to-machine applications.
// Source: https://auth0.com/docs/api/authentication/client-credentials-flow/get-token
// The errors are those that users report (auth0/docs#5466, auth0/auth0-python#173) and that other emulators answer.

import {
  authenticated,
  credentialsOf,
  type Form,
  requestedScopes,
  type Grant,
  type TokenError,
} from "./token-endpoint";

/** An API (resource server). */
export interface Api {
  /** The API's identifier: the value of `aud` in its tokens. */
  readonly audience: string;
  /** Lifetime of its tokens, in seconds. */
  readonly lifetime: number;
}

/** A machine-to-machine application with its client grants. */
export interface Application {
  readonly id: string;
  readonly secret: string;
  /** Scopes granted, by audience. */
  readonly grants: Readonly<Record<string, readonly string[]>>;
}

export interface Tenant {
  readonly apis: readonly Api[];
  readonly applications: readonly Application[];
}

const denied = (status: 401 | 403, error_description: string): TokenError => ({
  status,
  error: "access_denied",
  error_description,
});

/** The grant for a token request, or the error. Error descriptions never quote the request. */
export function auth0Grant(tenant: Tenant, form: Form, authorization: string | undefined): Grant | TokenError {
  const type = form.get("grant_type");
  if (type === undefined)
    return { status: 400, error: "invalid_request", error_description: "Missing required parameter: grant_type" };
  if (type !== "client_credentials")
    return { status: 403, error: "unsupported_grant_type", error_description: "Unsupported grant type" };
  const application = authenticated(tenant.applications, credentialsOf(form, authorization));
  if (!application) return denied(401, "Unauthorized");
  // Without an audience Auth0 assumes its legacy API v1, which newer applications may not use.
  if (form.get("audience") === undefined) return denied(403, "Non-global clients are not allowed access to APIv1");
  const api = tenant.apis.find(({ audience }) => audience === form.get("audience"));
  if (!api) return denied(403, "Service not found");
  if (!Object.hasOwn(application.grants, api.audience))
    return denied(403, "Client is not authorized to access this audience: it has no client-grant for the API");
  const scopes = requestedScopes(form.get("scope")) ?? application.grants[api.audience]!;
  if (scopes.some((scope) => !application.grants[api.audience]!.includes(scope)))
    return denied(403, "Client has not been granted the scopes");
  return grantOf(application, api, scopes);
}

/** The claims of Auth0's machine-to-machine access tokens, in its default token profile. */
export function grantOf(application: Application, api: Api, scopes: readonly string[]): Grant {
  const scope = scopes.join(" ");
  return {
    type: "JWT",
    lifetime: api.lifetime,
    claims: {
      sub: `${application.id}@clients`,
      aud: api.audience,
      // Auth0 omits the claim if no scope is granted.
      ...(scope !== "" && { scope }),
      gty: "client-credentials",
      azp: application.id,
    },
    ...(scope !== "" && { scope }),
  };
}
