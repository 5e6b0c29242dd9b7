// The Auth0 side: the API, and one machine-to-machine application that may call it. Guarantees: tokens are signed with
// RS256, expire after an hour, carry one scope and are issued to machines only; the application's secret is marked as
// secret in the state.

import { Client } from "@pulumi/auth0/client";
import { ClientCredentials } from "@pulumi/auth0/clientCredentials";
import { ClientGrant } from "@pulumi/auth0/clientGrant";
import { Provider } from "@pulumi/auth0/provider";
import { ResourceServer } from "@pulumi/auth0/resourceServer";
import { ResourceServerScopes } from "@pulumi/auth0/resourceServerScopes";
import * as pulumi from "@pulumi/pulumi";
import { scope } from "../../../contract";
import type { Location } from "../../base/location";
import type { Providers } from "../../settings/provider-settings";

export interface Auth0MachineArgs {
  readonly location: Location;
  /** Domain of the tenant, without `https://`. Its management credentials come only from the provider's environment. */
  readonly domain: string;
  /** Identifier of the API, which its tokens name in `aud`. */
  readonly audience: string;
  /** Further settings of the provider; never a credential. */
  readonly connection: Providers["auth0"];
}

/** Lifetime of a token in seconds, and so how long a leaked one works. */
const tokenLifetime = 3600;

export class Auth0Machine extends pulumi.ComponentResource {
  readonly clientId: pulumi.Output<string>;

  constructor(name: string, args: Auth0MachineArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Auth0Machine", name, {}, options);
    const { location, domain, audience } = args;
    const provider = new Provider(`${name}-tenant`, { ...args.connection, domain }, { parent: this });
    const child = { parent: this, provider };
    const server = new ResourceServer(
      `${name}-api`,
      {
        name: location.prefix,
        identifier: audience,
        signingAlg: "RS256",
        tokenLifetime,
        tokenLifetimeForWeb: tokenLifetime,
        allowOfflineAccess: false,
        skipConsentForVerifiableFirstPartyClients: false,
        // With RBAC, a user's token has no more scopes than are assigned to the user; a machine's scopes come from its
        // grant. The authorizers of both APIs read only `scope`, so the dialect adds no `permissions` claim.
        // Source: https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis
        enforcePolicies: true,
        tokenDialect: "access_token",
        // Only applications with a client grant get a token; users who sign in get none.
        // Source: https://auth0.com/docs/get-started/apis/api-access-policies-for-applications
        subjectTypeAuthorization: { client: { policy: "require_client_grant" }, user: { policy: "deny_all" } },
      },
      child,
    );
    const scopes = new ResourceServerScopes(
      `${name}-scopes`,
      { resourceServerIdentifier: server.identifier, scopes: [{ name: scope, description: "Call the model" }] },
      child,
    );
    const client = new Client(
      `${name}-client`,
      {
        name: `${location.prefix}-client`,
        description: `Calls ${location.prefix}`,
        appType: "non_interactive",
        grantTypes: ["client_credentials"],
        isFirstParty: true,
        oidcConformant: true,
        crossOriginAuth: false,
        jwtConfiguration: { alg: "RS256", lifetimeInSeconds: tokenLifetime, secretEncoded: false },
      },
      child,
    );
    new ClientCredentials(
      `${name}-credentials`,
      { clientId: client.clientId, authenticationMethod: "client_secret_post" },
      { ...child, additionalSecretOutputs: ["clientSecret"] },
    );
    new ClientGrant(
      `${name}-grant`,
      { clientId: client.clientId, audience: server.identifier, scopes: [scope], subjectType: "client" },
      { ...child, dependsOn: [scopes] },
    );
    this.clientId = client.clientId;
    this.registerOutputs({ clientId: this.clientId });
  }
}
