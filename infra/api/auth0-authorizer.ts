// The module `auth0Authorizer`: the model behind a REST API, at /predict, open only to tokens of an Auth0 tenant.
// Guarantees: a token must be issued by this tenant, for this audience, with the scope `predict`.

import * as pulumi from "@pulumi/pulumi";
import { Auth0Machine } from "./authorizers/auth0-machine";
import type { CodeStore } from "../base/code-store";
import type { ServerlessFunction } from "../function/function";
import type { FunctionNetwork } from "../function/function-network";
import type { Location } from "../base/location";
import { ownDomain } from "./domains/own-domain";
import { RestApi } from "./rest/rest-api";
import { authorizerCacheSeconds, TokenAuthorizer } from "./authorizers/token-authorizer";
import type { ApiModule } from "../base/monitored";
import { auth0Issuer } from "../settings/api-settings";
import type { Settings } from "../settings/settings";

export interface Auth0AuthorizerArgs {
  readonly location: Location;
  readonly settings: Settings;
  /** The model function. */
  readonly function: ServerlessFunction;
  /** The model that the plain route serves. */
  readonly defaultModel: string;
  /** Where the code of the Lambda authorizer goes. */
  readonly codeStore: CodeStore;
  /** KMS key of environments and logs. */
  readonly keyArn: pulumi.Input<string>;
  /** The account's log role, which must exist before a stage can log; absent: it is managed outside this stack. */
  readonly logRole?: pulumi.Resource;
  /** VPC placement of the authorizer; absent: outside any VPC, in Lambda's own network. */
  readonly network?: FunctionNetwork;
}

const plainPath = "/predict";

export class Auth0Authorizer extends pulumi.ComponentResource implements ApiModule {
  readonly outputs: Record<string, pulumi.Input<unknown>>;
  readonly stageArn: pulumi.Output<string>;
  readonly monitored: ApiModule["monitored"];

  constructor(name: string, args: Auth0AuthorizerArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Auth0AuthorizerModule", name, {}, options);
    const { location, settings, codeStore, keyArn } = args;
    const child = { parent: this };
    const issuer = auth0Issuer(settings);
    const audience = settings.auth0Audience;
    const machine = new Auth0Machine(
      `${name}-auth0`,
      { location, domain: settings.auth0Domain, audience, connection: settings.providers.auth0 },
      child,
    );
    const authorizer = new TokenAuthorizer(
      `${name}-authorizer`,
      {
        ...{ location, codeStore, keyArn, role: "auth0-authorizer", issuer, audience, network: args.network },
        authorities: "", // Auth0's certificates come from public ones.
        concurrency: settings.authorizerConcurrency,
      },
      child,
    );
    const api = new RestApi(
      name,
      {
        location,
        plainPath,
        function: args.function,
        authorization: {
          kind: "lambda",
          authorizerArn: authorizer.function.aliasArn,
          cacheSeconds: authorizerCacheSeconds,
        },
        authorizer: authorizer.function,
        keyRequired: false,
        corsOrigin: settings.corsOrigin,
        allowedNetworks: settings.allowedNetworks,
        clients: [],
        defaultModel: args.defaultModel,
        rateLimit: settings.apiRateLimit,
        burstLimit: settings.apiBurstLimit,
        tlsPolicy: settings.tlsPolicy,
        domain: ownDomain(settings, settings.auth0AuthorizerDomain),
        keyArn,
        logRole: args.logRole,
      },
      child,
    );
    this.stageArn = api.stage.arn;
    this.monitored = { api: api.monitored, functions: [authorizer.function.monitored] };
    this.outputs = {
      apiUrl: pulumi.interpolate`${api.url}${plainPath}`,
      auth0Issuer: issuer,
      auth0Audience: audience,
      auth0ClientId: machine.clientId,
      ...(api.domainTarget === undefined ? {} : { auth0AuthorizerDomainTarget: api.domainTarget }),
    };
    this.registerOutputs({});
  }
}
