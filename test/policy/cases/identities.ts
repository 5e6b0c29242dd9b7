// Token issuers: Auth0 and Cognito.

import { a, but, type Cases } from "../a-graph";

const api = a("auth0:index/resourceServer:ResourceServer", "api", {
  identifier: "https://model.example.com",
  signingAlg: "RS256",
  tokenLifetime: 3600,
  tokenLifetimeForWeb: 3600,
  allowOfflineAccess: false,
  enforcePolicies: true,
  subjectTypeAuthorization: { client: { policy: "require_client_grant" }, user: { policy: "deny_all" } },
});
const scopes = a("auth0:index/resourceServerScopes:ResourceServerScopes", "scopes", {
  resourceServerIdentifier: "https://model.example.com",
  scopes: [{ name: "predict" }],
});
const grant = a("auth0:index/clientGrant:ClientGrant", "grant", {
  clientId: "client",
  audience: "https://model.example.com",
  scopes: ["predict"],
});
const client = a("auth0:index/client:Client", "client", {
  grantTypes: ["client_credentials"],
  appType: "non_interactive",
  oidcConformant: true,
  jwtConfiguration: { alg: "RS256" },
});

const pool = a("aws:cognito/userPool:UserPool", "pool", {
  adminCreateUserConfig: { allowAdminCreateUserOnly: true },
  deletionProtection: "ACTIVE",
  userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
  mfaConfiguration: "ON",
  passwordPolicy: {
    minimumLength: 12,
    requireLowercase: true,
    requireUppercase: true,
    requireNumbers: true,
    requireSymbols: true,
  },
});
const machine = a("aws:cognito/userPoolClient:UserPoolClient", "machine", {
  userPoolId: "pool",
  generateSecret: true,
  allowedOauthFlows: ["client_credentials"],
  enableTokenRevocation: true,
  preventUserExistenceErrors: "ENABLED",
});
const person = but(machine, { allowedOauthFlows: ["code"] });

const subjects = (client: string, user: string) =>
  but(api, { subjectTypeAuthorization: { client: { policy: client }, user: { policy: user } } });

export const identities: Cases = {
  "auth0-api-signs-short-tokens": {
    good: { yes: [api] },
    bad: {
      "a shared secret": [but(api, { signingAlg: "HS256" })],
      "a month": [but(api, { tokenLifetime: 2_592_000 })],
      "Auth0's default": [but(api, { tokenLifetime: undefined })],
      offline: [but(api, { allowOfflineAccess: true })],
      "no policies": [but(api, { enforcePolicies: undefined })],
      "machines without a grant": [subjects("allow_all", "deny_all")],
      "tokens of users": [subjects("require_client_grant", "allow_all")],
      "nothing said of users": [but(api, { subjectTypeAuthorization: { client: { policy: "deny_all" } } })],
    },
  },
  "auth0-api-is-reached-by-a-grant": {
    good: { yes: [api, scopes, grant] },
    bad: {
      "no scopes": [api, grant],
      "no grant": [api, scopes],
      "another API's": [api, scopes, but(grant, { audience: "https://other.example.com" })],
    },
  },
  "auth0-client-is-a-machine": {
    good: { yes: [client] },
    bad: {
      "passwords, too": [but(client, { grantTypes: ["client_credentials", "password"] })],
      "a web page": [but(client, { appType: "spa" })],
      "signed by its secret": [but(client, { jwtConfiguration: { alg: "HS256" } })],
    },
  },
  "auth0-grant-names-scopes": {
    good: { yes: [grant] },
    bad: {
      none: [but(grant, { scopes: [] })],
      all: [but(grant, { allowAllScopes: true })],
      "no application": [but(grant, { clientId: undefined })],
      "no audience": [but(grant, { audience: "" })],
    },
  },
  "user-pool-admits-nobody-by-itself": {
    good: { yes: [pool] },
    bad: {
      "anybody signs up": [but(pool, { adminCreateUserConfig: undefined })],
      "deleted by mistake": [but(pool, { deletionProtection: "INACTIVE" })],
    },
  },
  "user-pool-client-tells-nothing": {
    good: { yes: [machine] },
    bad: {
      "who exists": [but(machine, { preventUserExistenceErrors: "LEGACY" })],
      "tokens for ever": [but(machine, { enableTokenRevocation: false })],
      "no secret": [but(machine, { generateSecret: undefined })],
      passwords: [but(machine, { explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] })],
      "tokens in an address": [but(machine, { allowedOauthFlows: ["implicit"] })],
    },
  },
  "user-pool-watches-for-threats": {
    good: { enforced: [pool, person] },
    bad: {
      "only audited": [but(pool, { userPoolAddOns: { advancedSecurityMode: "AUDIT" } }), person],
      "one client is for people": [
        but(pool, { userPoolAddOns: undefined }),
        machine,
        { ...person, name: "p", urn: `${person.urn}p` },
      ],
      "a machine that takes passwords, too": [
        but(pool, { userPoolAddOns: undefined }),
        but(machine, { explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"] }),
      ],
      "no client yet": [but(pool, { userPoolAddOns: undefined })],
    },
  },
  "user-pool-requires-a-second-factor": {
    good: { on: [pool, person] },
    bad: {
      off: [but(pool, { mfaConfiguration: "OFF" }), person],
      optional: [but(pool, { mfaConfiguration: "OPTIONAL" }), person],
    },
  },
  "user-pool-demands-strong-passwords": {
    good: { strong: [pool, person] },
    bad: {
      short: [but(pool, { passwordPolicy: { ...(pool.inputs.passwordPolicy as object), minimumLength: 8 } }), person],
      "no symbols": [
        but(pool, { passwordPolicy: { ...(pool.inputs.passwordPolicy as object), requireSymbols: false } }),
        person,
      ],
    },
  },
};
