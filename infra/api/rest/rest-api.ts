// A REST API in front of the model function. Guarantees: every route requires the authorization, every change of the API
// is deployed, the stage logs, traces and throttles, clients use the chosen TLS policy, and with an own domain the
// default endpoint is disabled.

import { createHash } from "node:crypto";
import { Deployment, MethodSettings, RestApi as AwsRestApi, Stage } from "@pulumi/aws/apigateway";
import { LogGroup } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { clientListVariable, dnsSuffix } from "../../../contract";
import { arn, type Location } from "../../base/location";
import type { MonitoredApi } from "../../base/monitored";
import type { ServerlessFunction } from "../../function/function";
import { securityPolicies } from "../../settings/domain-settings";
import type { ClientAccess } from "../clients/client-access";
import { resourcePolicy } from "../documents/resource-policy";
import { accessLogFormat } from "../documents/rest-access-log";
import { apiDocument, type RestAuthorization } from "../documents/rest-api-document";
import { RestDomain } from "../domains/api-domains";
import type { OwnDomain } from "../domains/own-domain";

export interface RestApiArgs {
  readonly location: Location;
  /** The plain route, for example `/mymodel`. */
  readonly plainPath: string;
  readonly function: ServerlessFunction;
  readonly authorization: pulumi.Input<RestAuthorization>;
  /** The authorizer function of the authorization `lambda`. */
  readonly authorizer?: ServerlessFunction;
  readonly keyRequired: boolean;
  /** The only origins that browsers may call from, separated by commas; `*` for any, empty for none. */
  readonly corsOrigin: string;
  /** Networks (CIDR) that may call; empty: all. */
  readonly allowedNetworks: readonly string[];
  /** The listed clients; other callers may call no model. Empty: whoever the authorization admits may call every model. */
  readonly clients: readonly ClientAccess[];
  /** The model that the plain route serves. */
  readonly defaultModel: string;
  /** Requests per second, over all callers. */
  readonly rateLimit: number;
  /** Burst over all callers (capacity of the token bucket), in requests. */
  readonly burstLimit: number;
  readonly tlsPolicy: keyof typeof securityPolicies;
  /** The API's own domain; absent: its default endpoint is used. */
  readonly domain?: OwnDomain;
  /** KMS key of the logs. */
  readonly keyArn: pulumi.Input<string>;
  /** The account's log role, which must exist before a stage can log; absent: it is managed outside this stack. */
  readonly logRole?: pulumi.Resource;
}

/**
 * Arguments of the API that are not part of its document; a change of either triggers a deployment. STRICT: a request's
 * Host must be the server name (SNI) of its TLS handshake.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
 */
function apiArguments({ domain, tlsPolicy }: RestApiArgs) {
  return {
    disableExecuteApiEndpoint: domain !== undefined,
    endpointConfiguration: { types: "REGIONAL" },
    securityPolicy: securityPolicies[tlsPolicy],
    endpointAccessMode: "STRICT",
  };
}

export class RestApi extends pulumi.ComponentResource {
  readonly apiId: pulumi.Output<string>;
  readonly stageName: string;
  /** `https://<domain>`, or `https://…/<stage>`; without a trailing slash. */
  readonly url: pulumi.Output<string>;
  /** The name that the DNS records of the API's own domain must point to. */
  readonly domainTarget?: pulumi.Output<string>;
  readonly stage: Stage;
  readonly monitored: MonitoredApi;

  constructor(name: string, args: RestApiArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:RestApi", name, {}, options);
    const { location } = args;
    const child = { parent: this };
    this.stageName = pulumi.getStack();
    const title = `${location.prefix}-${name}`;
    const own = apiArguments(args);

    const document = pulumi.output(args.authorization).apply((authorization) =>
      JSON.stringify(
        apiDocument({
          title,
          plainPath: args.plainPath,
          region: location.region,
          partition: location.partition,
          functionArn: args.function.aliasArn,
          authorization,
          keyRequired: args.keyRequired,
          corsOrigin: args.corsOrigin,
          policy: resourcePolicy({
            kind: authorization.kind,
            stageName: this.stageName,
            plainPath: args.plainPath,
            defaultModel: args.defaultModel,
            networks: args.allowedNetworks,
            clients: args.clients.map(({ client }) => client),
            cors: args.corsOrigin !== "",
          }),
          securityPolicy: own.securityPolicy,
          endpointAccessMode: own.endpointAccessMode,
        }),
      ),
    );
    const api = new AwsRestApi(
      `${name}-api`,
      { name: title, description: `${title}: inference`, body: document, failOnWarnings: true, ...own },
      child,
    );
    this.apiId = api.id;
    const executionArn = api.id.apply((id) => arn(location, "execute-api", id));

    args.function.allowApiGateway(`${name}-invoke`, pulumi.interpolate`${executionArn}/${this.stageName}/*`, this);
    args.authorizer?.allowApiGateway(`${name}-authorize`, pulumi.interpolate`${executionArn}/authorizers/*`, this);

    const deployment = new Deployment(
      `${name}-deployment`,
      { restApi: api.id, triggers: { api: document.apply((text) => digest(text + JSON.stringify(own))) } },
      child,
    );
    const logs = { retentionInDays: 365, kmsKeyId: args.keyArn };
    const accessLog = new LogGroup(`${name}-access-log`, { name: `/aws/apigateway/${title}`, ...logs }, child);
    // API Gateway would create this log group itself, without expiry and without the key.
    const executionLog = new LogGroup(
      `${name}-execution-log`,
      { name: pulumi.interpolate`API-Gateway-Execution-Logs_${api.id}/${this.stageName}`, ...logs },
      child,
    );
    this.stage = new Stage(
      `${name}-stage`,
      {
        restApi: api.id,
        deployment: deployment.id,
        stageName: this.stageName,
        xrayTracingEnabled: true,
        accessLogSettings: { destinationArn: accessLog.arn, format: accessLogFormat },
        ...listOf(args.clients),
      },
      { parent: this, dependsOn: [executionLog, ...(args.logRole === undefined ? [] : [args.logRole])] },
    );
    this.monitored = {
      name,
      kind: "REST",
      dimensions: { ApiName: title, Stage: this.stageName },
      accessLog: accessLog.name,
    };
    new MethodSettings(
      `${name}-settings`,
      {
        restApi: api.id,
        stageName: this.stage.stageName,
        methodPath: "*/*",
        settings: {
          throttlingRateLimit: args.rateLimit,
          throttlingBurstLimit: args.burstLimit,
          metricsEnabled: true,
          loggingLevel: "ERROR",
          // Data tracing writes whole requests with their headers, credentials among them, to the log.
          dataTraceEnabled: false,
          cachingEnabled: false,
        },
      },
      child,
    );
    if (args.domain === undefined) {
      this.url = pulumi.interpolate`https://${api.id}.execute-api.${location.region}.${dnsSuffix(location.region)}/${this.stageName}`;
    } else {
      const { securityPolicy } = own;
      const { target } = new RestDomain(
        `${name}-domain`,
        { domain: args.domain, restApi: api.id, stageName: this.stage.stageName, securityPolicy },
        child,
      );
      this.domainTarget = target;
      this.url = pulumi.output(`https://${args.domain.name}`);
    }
    this.registerOutputs({ url: this.url });
  }
}

/** The client list, as variables of the stage. */
function listOf(clients: readonly ClientAccess[]): { variables?: Record<string, pulumi.Input<string>> } {
  if (clients.length === 0) return {};
  const entries = clients.map(({ variable, value }) => [variable, value] as const);
  return { variables: { [clientListVariable]: "listed", ...Object.fromEntries(entries) } };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
