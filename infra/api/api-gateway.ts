// The module `apiGateway`: the model behind a REST API, at /mymodel, with the authorization that the settings choose.
// Guarantees: every request needs a credential; under IAM, Cognito and tokens, an API key is only ever an additional one.

import * as pulumi from "@pulumi/pulumi";
import { ClientAccess } from "./clients/client-access";
import { clientKeys } from "../settings/client-keys";
import type { ClientSetting } from "../settings/client-settings";
import type { ServerlessFunction } from "../function/function";
import { InvokePolicy } from "./authorizers/invoke-policy";
import { ownDomain } from "./domains/own-domain";
import { RestApi } from "./rest/rest-api";
import { restAuthorization, type RestAuthorizationArgs } from "./authorizers/rest-authorization";
import { UsagePlan } from "./rest/usage-plan";
import type { ApiModule } from "../base/monitored";

export interface ApiGatewayArgs extends RestAuthorizationArgs {
  /** The model function. */
  readonly function: ServerlessFunction;
  /** The model that the plain route serves. */
  readonly defaultModel: string;
  /** The account's log role, which must exist before a stage can log; absent: it is managed outside this stack. */
  readonly logRole?: pulumi.Resource;
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
    const chosen = restAuthorization(name, args, this);
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
