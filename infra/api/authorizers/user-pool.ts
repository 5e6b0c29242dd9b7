// A Cognito user pool for machines: clients get tokens with their id and secret (client credentials). Guarantees: no
// user can sign up or in, a client gets only one scope, tokens expire after an hour and can be revoked, and the
// client's secret is marked as secret in the state.

import { ResourceServer, UserPool as AwsUserPool, UserPoolClient, UserPoolDomain } from "@pulumi/aws/cognito";
import * as pulumi from "@pulumi/pulumi";
import { scope } from "../../../contract";
import { type Location, poolDomainHost } from "../../base/location";

export interface UserPoolArgs {
  readonly location: Location;
  /** Protects the pool from deletion. */
  readonly protect: boolean;
  /** Create a client; false if each listed client gets its own. */
  readonly withClient: boolean;
}

export class UserPool extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Id of the pool's own client; absent if there is none. */
  readonly clientId?: pulumi.Output<string>;
  readonly tokenEndpoint: string;
  /** The scope as tokens carry it: `<resource server>/predict`. */
  readonly scope: string;
  private readonly newClient: (name: string, parent: pulumi.Resource) => UserPoolClient;

  constructor(
    name: string,
    { location, protect, withClient }: UserPoolArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("model-serving:infra:UserPool", name, {}, options);
    const pool = new AwsUserPool(
      `${name}-pool`,
      {
        name: location.prefix,
        deletionProtection: protect ? "ACTIVE" : "INACTIVE",
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      },
      { parent: this, protect },
    );
    const server = new ResourceServer(
      `${name}-server`,
      {
        userPoolId: pool.id,
        identifier: location.prefix,
        name: location.prefix,
        scopes: [{ scopeName: scope, scopeDescription: "Call the model" }],
      },
      { parent: this },
    );
    this.scope = `${location.prefix}/${scope}`;
    // Domain prefixes are unique in a region, over all accounts: the account's number keeps this one free.
    const domain = `${location.prefix}-${location.account}`.toLowerCase();
    new UserPoolDomain(`${name}-domain`, { userPoolId: pool.id, domain }, { parent: this });
    this.newClient = (clientName, parent) =>
      new UserPoolClient(
        clientName,
        {
          userPoolId: pool.id,
          generateSecret: true,
          allowedOauthFlowsUserPoolClient: true,
          allowedOauthFlows: ["client_credentials"],
          allowedOauthScopes: [this.scope],
          supportedIdentityProviders: ["COGNITO"],
          accessTokenValidity: 60,
          tokenValidityUnits: { accessToken: "minutes" },
          enableTokenRevocation: true,
          preventUserExistenceErrors: "ENABLED",
        },
        { parent, dependsOn: [server], additionalSecretOutputs: ["clientSecret"] },
      );
    this.arn = pool.arn;
    if (withClient) this.clientId = this.newClient(`${name}-client`, this).id;
    this.tokenEndpoint = `https://${poolDomainHost(domain, location.region)}/oauth2/token`;
    this.registerOutputs({ arn: this.arn });
  }

  /** Creates another client of the pool. @returns its id */
  addClient(name: string, parent: pulumi.Resource): pulumi.Output<string> {
    return this.newClient(name, parent).id;
  }
}
