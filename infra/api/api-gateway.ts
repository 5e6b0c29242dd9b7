// The module `apiGateway`: the model behind a REST API, at /mymodel, with the authorization that the settings choose.
// Guarantees: every request needs a credential; under IAM, Cognito and tokens, an API key is only ever an additional one.

import * as pulumi from "@pulumi/pulumi";
import type { RestAuthorization } from "./documents/rest-api-document";
import { ClientAccess } from "./clients/client-access";
import { clientKeys } from "../settings/client-keys";
import type { ClientSetting } from "../settings/client-settings";
import type { CodeStore } from "../base/code-store";
import type { ServerlessFunction } from "../function/function";
import type { FunctionNetwork } from "../function/function-network";
import { InvokePolicy } from "./authorizers/invoke-policy";
import type { Location } from "../base/location";
import { ownDomain } from "./domains/own-domain";
import { RestApi } from "./rest/rest-api";
import { authorizerCacheSeconds, TokenAuthorizer } from "./authorizers/token-authorizer";
import { UsagePlan } from "./rest/usage-plan";
import { UserPool } from "./authorizers/user-pool";
import type { ApiModule } from "../base/monitored";
import type { Settings } from "../settings/settings";

export interface ApiGatewayArgs {
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
  /** VPC placement of the Lambda authorizer; absent: outside any VPC, in Lambda's own network. */
  readonly network?: FunctionNetwork;
}

const plainPath = "/mymodel";

export class ApiGateway extends pulumi.ComponentResource implements ApiModule {
  readonly outputs: Record<string, pulumi.Input<unknown>>;
  readonly stageArn: pulumi.Output<string>;
  readonly monitored: ApiModule["monitored"];
  /** What the rotation of API keys needs; absent if the API requires none. */
  readonly keyed?: KeyedApi;

  constructor(name: string, args: ApiGatewayArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:ApiGatewayModule", name, {}, options);
    const { location, settings } = args;
    const keyRequired = settings.apiGatewayAuth === "apiKey" || settings.apiGatewayKeyRequired;
    const chosen = this.authorizationOf(name, args);
    const clients = settings.clients.map((client) => {
      const [clientName, keys] = [`${name}-client-${client.name}`, clientKeys(settings)];
      const applicationId = chosen.addApplication?.(clientName);
      return new ClientAccess(clientName, { location, client, keys, applicationId }, { parent: this });
    });
    const api = new RestApi(
      name,
      {
        location,
        plainPath,
        function: args.function,
        authorization: chosen.authorization,
        authorizer: chosen.authorizer,
        keyRequired,
        corsOrigin: settings.corsOrigin,
        allowedNetworks: settings.allowedNetworks,
        clients,
        defaultModel: args.defaultModel,
        rateLimit: settings.apiRateLimit,
        burstLimit: settings.apiBurstLimit,
        tlsPolicy: settings.tlsPolicy,
        domain: ownDomain(settings, settings.apiGatewayDomain),
        keyArn: args.keyArn,
        logRole: args.logRole,
      },
      { parent: this },
    );
    this.stageArn = api.stage.arn;
    this.monitored = {
      api: api.monitored,
      functions: chosen.authorizer === undefined ? [] : [chosen.authorizer.monitored],
    };
    this.outputs = {
      apiGatewayEndpoint: pulumi.interpolate`${api.url}${plainPath}`,
      apiGatewayBaseUrl: api.url,
      apiGatewayAuth: settings.apiGatewayAuth,
      ...chosen.outputs,
      ...(api.domainTarget === undefined ? {} : { apiGatewayDomainTarget: api.domainTarget }),
    };
    // Created under every authorization: see the module `httpApi`.
    const { policyArn } = new InvokePolicy(
      `${name}-invoke-policy`,
      { location, apiId: api.apiId, stageName: api.stageName, plainPath },
      { parent: this },
    );
    if (settings.apiGatewayAuth === "iam") this.outputs.apiGatewayInvokePolicyArn = policyArn;
    for (const client of clients) client.open({ apiId: api.apiId, stageName: api.stage.stageName });
    if (clients.length > 0) this.outputs.apiGatewayClients = Object.fromEntries(clients.map(clientOutput));
    const keyed = { url: api.url, target: api.domainTarget, apiId: api.apiId, stageName: api.stageName, module: this };
    if (keyRequired && clients.length > 0)
      this.keyed = { ...keyed, plans: clients.map(({ client, planId }) => ({ client, planId: planId! })) };
    // With listed clients, each has its own key, and there is no shared one.
    if (keyRequired && clients.length === 0) {
      const { keyId, planId } = new UsagePlan(
        `${name}-usage`,
        {
          api,
          rateLimit: settings.keyRateLimit,
          burstLimit: settings.keyBurstLimit,
          quota: settings.keyQuota,
          quotaPeriod: settings.keyQuotaPeriod,
          // With the module `secrets`, its rotation creates the keys, so that no key's value is in the state.
          ownKey: !settings.secrets,
        },
        { parent: this },
      );
      if (keyId === undefined) this.outputs.apiGatewayUsagePlanId = planId;
      else this.outputs.apiGatewayKeyId = keyId;
      this.keyed = { ...keyed, plans: [{ planId }] };
    }
    this.registerOutputs({});
  }

  /** The authorization, and the outputs that a client needs for it. */
  private authorizationOf(
    name: string,
    { location, settings, codeStore, keyArn, network }: ApiGatewayArgs,
  ): ChosenAuthorization {
    const child = { parent: this };
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
          authorization: pool.arn.apply(
            (userPoolArn) => ({ kind: "cognito", userPoolArn, scope: pool.scope }) as const,
          ),
          addApplication: (clientName) => pool.addClient(`${clientName}-application`, this),
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
}

/** An API that requires API keys. */
export interface KeyedApi {
  /** One plan for each listed client; without clients, one for the shared key. */
  readonly plans: readonly { readonly planId: pulumi.Output<string>; readonly client?: ClientSetting }[];
  /** Base URL, without a trailing slash. */
  readonly url: pulumi.Output<string>;
  /** Host name of its own domain's endpoint; absent: `url` names the endpoint. */
  readonly target?: pulumi.Output<string>;
  readonly apiId: pulumi.Output<string>;
  readonly stageName: string;
  /** The component that must be deployed before a key opens anything. */
  readonly module: pulumi.Resource;
}

/** A client's entry in the outputs: ids, never a secret. */
function clientOutput(access: ClientAccess): [string, Record<string, pulumi.Input<string>>] {
  const { client, keys, keyId, planId, applicationId } = access;
  const ids = {
    ...(keyId && { keyId }),
    // Rotated keys change; the usage plan that they belong to stays.
    ...(keys === "rotated" && planId && { usagePlanId: planId }),
    ...(applicationId && { cognitoClientId: applicationId }),
  };
  return [client.name, ids];
}

interface ChosenAuthorization {
  /** Creates a Cognito app client for a listed client; absent under other protections. @returns its id */
  readonly addApplication?: (name: string) => pulumi.Output<string>;
  readonly authorization: pulumi.Input<RestAuthorization>;
  readonly authorizer?: ServerlessFunction;
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
}
