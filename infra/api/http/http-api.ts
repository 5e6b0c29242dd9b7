// An HTTP API in front of the model function. Guarantees: every route requires the authorization, the stage serves one
// deployed state of the API, requests are logged and throttled, and with an own domain the default endpoint is disabled.

import { createHash } from "node:crypto";
import { Api, Deployment, Stage } from "@pulumi/aws/apigatewayv2";
import { LogGroup } from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { dnsSuffix } from "../../../contract";
import type { ServerlessFunction } from "../../function/function";
import {
  corsConfiguration,
  documentVersion,
  httpAccessLogFormat,
  httpApiDocument,
  type HttpAuthorization,
} from "../documents/http-api-document";
import { HttpDomain, type MutualTls } from "../domains/api-domains";
import { arn, type Location } from "../../base/location";
import type { OwnDomain } from "../domains/own-domain";
import type { MonitoredApi } from "../../base/monitored";

export interface HttpApiArgs {
  readonly location: Location;
  /** The plain route, for example `/models`. */
  readonly plainPath: string;
  readonly function: ServerlessFunction;
  readonly authorization: HttpAuthorization;
  /** The only origins that browsers may call from, separated by commas; `*` for any, empty for none. */
  readonly corsOrigin: string;
  /** Requests per second, over all callers. */
  readonly rateLimit: number;
  /** Burst over all callers (capacity of the token bucket), in requests. */
  readonly burstLimit: number;
  /** The API's own domain; absent: its default endpoint is used. */
  readonly domain?: OwnDomain;
  /** Requires a certificate of the domain's clients; absent: none is required. */
  readonly mutualTls?: MutualTls;
  /** KMS key of the logs. */
  readonly keyArn: pulumi.Input<string>;
}

export class HttpApi extends pulumi.ComponentResource {
  readonly apiId: pulumi.Output<string>;
  readonly stageName: string;
  /** `https://<domain>`, or `https://…/<stage>`; without a trailing slash. */
  readonly url: pulumi.Output<string>;
  /** The name that the DNS records of the API's own domain must point to. */
  readonly domainTarget?: pulumi.Output<string>;
  readonly monitored: MonitoredApi;

  constructor(name: string, args: HttpApiArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:HttpApi", name, {}, options);
    const { location, domain } = args;
    const child = { parent: this };
    const title = `${location.prefix}-${name}`;
    this.stageName = pulumi.getStack();
    const body = documentOf(title, args);
    // Arguments of the API that are not part of its document; a change of either triggers a deployment.
    const own = {
      disableExecuteApiEndpoint: domain !== undefined,
      corsConfiguration: corsConfiguration(args.corsOrigin),
    };
    const api = new Api(
      `${name}-api`,
      {
        name: title,
        description: `${title}: inference`,
        version: documentVersion,
        protocolType: "HTTP",
        body,
        failOnWarnings: true,
        ...own,
      },
      child,
    );
    this.apiId = api.id;
    const executionArn = api.id.apply((id) => arn(location, "execute-api", id));
    args.function.allowApiGateway(`${name}-invoke`, pulumi.interpolate`${executionArn}/${this.stageName}/*`, this);

    // Deployed explicitly: `autoDeploy` would serve every intermediate state of an import.
    const deployment = new Deployment(
      `${name}-deployment`,
      { apiId: api.id, triggers: { api: digest(body + JSON.stringify(own)) } },
      child,
    );
    // Under `/aws/vendedlogs/`: for any other log group AWS adds an entry to the account's only log delivery policy, of
    // 5,120 characters, and keeps it when the API is deleted. Once the policy is full, no HTTP API can log, and this
    // stage could not be created.
    // Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
    const log = new LogGroup(
      `${name}-access-log`,
      { name: `/aws/vendedlogs/apigateway/${title}`, retentionInDays: 365, kmsKeyId: args.keyArn },
      child,
    );
    this.monitored = {
      name,
      kind: "HTTP",
      dimensions: { ApiId: api.id, Stage: this.stageName },
      accessLog: log.name,
    };
    const stage = new Stage(
      `${name}-stage`,
      {
        apiId: api.id,
        name: this.stageName,
        deploymentId: deployment.id,
        accessLogSettings: { destinationArn: log.arn, format: httpAccessLogFormat },
        defaultRouteSettings: {
          throttlingRateLimit: args.rateLimit,
          throttlingBurstLimit: args.burstLimit,
          detailedMetricsEnabled: true,
        },
      },
      child,
    );
    if (domain === undefined) {
      this.url = pulumi.interpolate`https://${api.id}.execute-api.${location.region}.${dnsSuffix(location.region)}/${this.stageName}`;
    } else {
      const { mutualTls } = args;
      const mapped = { domain, apiId: api.id, stageName: stage.name, mutualTls };
      this.domainTarget = new HttpDomain(`${name}-domain`, mapped, child).target;
      this.url = pulumi.output(`https://${domain.name}`);
    }
    this.registerOutputs({ url: this.url });
  }
}

function documentOf(title: string, args: HttpApiArgs): string {
  const { location, plainPath, authorization, corsOrigin, domain } = args;
  const { region, partition } = location;
  const functionArn = args.function.aliasArn;
  return JSON.stringify(
    httpApiDocument({
      title,
      plainPath,
      region,
      partition,
      functionArn,
      authorization,
      corsOrigin,
      domain: domain?.name,
    }),
  );
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
