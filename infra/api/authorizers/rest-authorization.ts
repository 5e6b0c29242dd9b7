// Who may call the REST API: the authorization that the settings choose, with the user pool or authorizer that it needs.

import type * as pulumi from "@pulumi/pulumi";
import type { CodeStore } from "../../base/code-store";
import type { Location } from "../../base/location";
import type { ServerlessFunction } from "../../function/function";
import type { FunctionNetwork } from "../../function/function-network";
import type { Settings } from "../../settings/settings";
import type { RestAuthorization } from "../documents/rest-api-document";
import { authorizerCacheSeconds, TokenAuthorizer } from "./token-authorizer";
import { UserPool } from "./user-pool";

export interface RestAuthorizationArgs {
  readonly location: Location;
  readonly settings: Settings;
  /** Where the code of the Lambda authorizer goes. */
  readonly codeStore: CodeStore;
  /** KMS key of environments and logs. */
  readonly keyArn: pulumi.Input<string>;
  /** VPC placement of the Lambda authorizer; absent: outside any VPC, in Lambda's own network. */
  readonly network?: FunctionNetwork;
}

export interface ChosenAuthorization {
  /** Creates a Cognito app client for a listed client; absent under other protections. @returns its id */
  readonly addApplication?: (name: string) => pulumi.Output<string>;
  readonly authorization: pulumi.Input<RestAuthorization>;
  readonly authorizer?: ServerlessFunction;
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
}

/** The authorization, and the outputs that a client needs for it. */
export function restAuthorization(
  name: string,
  { location, settings, codeStore, keyArn, network }: RestAuthorizationArgs,
  parent: pulumi.Resource,
): ChosenAuthorization {
  const child = { parent };
  switch (settings.apiGatewayAuth) {
    case "apiKey":
      return { authorization: { kind: "apiKey" }, outputs: {} };
    case "iam":
      return { authorization: { kind: "iam" }, outputs: {} };
    case "cognito": {
      const pool = new UserPool(
        `${name}-users`,
        { location, protect: settings.protectData, withClient: settings.clients.length === 0 },
        child,
      );
      return {
        authorization: pool.arn.apply((userPoolArn) => ({ kind: "cognito", userPoolArn, scope: pool.scope }) as const),
        addApplication: (clientName) => pool.addClient(`${clientName}-application`, parent),
        outputs: {
          cognitoTokenEndpoint: pool.tokenEndpoint,
          ...(pool.clientId === undefined ? {} : { cognitoClientId: pool.clientId }),
          cognitoScope: pool.scope,
        },
      };
    }
    case "lambda": {
      const { oidcIssuer: issuer, oidcAudience: audience, oidcAuthorities: authorities } = settings;
      const authorizer = new TokenAuthorizer(
        `${name}-authorizer`,
        {
          ...{ location, codeStore, keyArn, role: "authorizer", issuer, audience, authorities, network },
          concurrency: settings.authorizerConcurrency,
        },
        child,
      );
      return {
        authorizer: authorizer.function,
        authorization: {
          kind: "lambda",
          authorizerArn: authorizer.function.aliasArn,
          cacheSeconds: authorizerCacheSeconds,
        },
        outputs: { oidcIssuer: issuer, oidcAudience: audience },
      };
    }
  }
}
