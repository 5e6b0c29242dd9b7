// The web ACL (WAF) of the REST APIs; HTTP APIs cannot have one. Guarantees: AWS's managed rules for common and known
// attacks block, callers above the rate limits are blocked, and no credential is in the log.

import { LogGroup, LogResourcePolicy } from "@pulumi/aws/cloudwatch";
import { IpSet, WebAcl, WebAclAssociation, WebAclLoggingConfiguration } from "@pulumi/aws/wafv2";
import * as pulumi from "@pulumi/pulumi";
import { firewallRules } from "./firewall-rules";
import { arn, type Location } from "../base/location";
import type { ApiModule } from "../base/monitored";
import type { Settings } from "../settings/settings";

export interface FirewallArgs {
  readonly location: Location;
  readonly settings: Settings;
  /** KMS key of the log. */
  readonly keyArn: pulumi.Input<string>;
  /** Modules of the APIs; those without a stage to attach to are left out. */
  readonly apis: readonly ApiModule[];
}

/**
 * Headers that carry credentials. The query string is redacted too: that of a presigned request holds its signature.
 */
const credentials = ["authorization", "x-api-key", "x-amz-security-token"];

export class Firewall extends pulumi.ComponentResource {
  constructor(name: string, args: FirewallArgs, options?: pulumi.ComponentResourceOptions) {
    super("model-serving:infra:Firewall", name, {}, options);
    const { location, settings } = args;
    const child = { parent: this };
    const keyed = settings.apiGateway && (settings.apiGatewayAuth === "apiKey" || settings.apiGatewayKeyRequired);
    const blocked = this.sets(`${name}-blocked`, settings.blockedNetworks);
    const allowed = this.sets(`${name}-allowed`, settings.allowedNetworks);
    const acl = new WebAcl(
      `${name}-acl`,
      {
        name: location.prefix,
        description: `${location.prefix}: the REST APIs`,
        scope: "REGIONAL",
        defaultAction: { allow: {} },
        rules: pulumi.all([pulumi.all(blocked), pulumi.all(allowed)]).apply(([blockedSets, allowedSets]) =>
          firewallRules({
            prefix: location.prefix,
            blockedSets,
            allowedSets,
            countries: settings.allowedCountries,
            addressRate: settings.firewallAddressRate,
            ...(keyed ? { keyRate: settings.firewallKeyRate } : {}),
          }),
        ),
        visibilityConfig: {
          metricName: location.prefix,
          cloudwatchMetricsEnabled: true,
          sampledRequestsEnabled: false,
        },
      },
      child,
    );
    for (const { monitored, stageArn } of args.apis)
      if (stageArn !== undefined)
        new WebAclAssociation(`${name}-${monitored.api.name}`, { webAclArn: acl.arn, resourceArn: stageArn }, child);

    // WAF accepts only log groups whose names begin with `aws-waf-logs-`.
    const log = new LogGroup(
      `${name}-log`,
      { name: `aws-waf-logs-${location.prefix}`, retentionInDays: 365, kmsKeyId: args.keyArn },
      child,
    );
    const delivery = new LogResourcePolicy(
      `${name}-log-delivery`,
      {
        policyName: `${location.prefix}-firewall`,
        policyDocument: log.name.apply((group) => JSON.stringify(deliveryPolicy(location, group))),
      },
      child,
    );
    new WebAclLoggingConfiguration(
      `${name}-logging`,
      {
        resourceArn: acl.arn,
        logDestinationConfigs: [log.arn],
        redactedFields: [...credentials.map((header) => ({ singleHeader: { name: header } })), { queryString: {} }],
      },
      { parent: this, dependsOn: [delivery] },
    );
    this.registerOutputs({});
  }

  /** ARNs of the IP sets that hold the networks, one per address family. */
  private sets(name: string, networks: readonly string[]): pulumi.Output<string>[] {
    const families = [
      ["IPV4", networks.filter((network) => !network.includes(":"))],
      ["IPV6", networks.filter((network) => network.includes(":"))],
    ] as const;
    return families
      .filter(([, addresses]) => addresses.length > 0)
      .map(([ipAddressVersion, addresses]) => {
        const setName = `${name}-${ipAddressVersion.toLowerCase()}`;
        return new IpSet(setName, { scope: "REGIONAL", ipAddressVersion, addresses }, { parent: this }).arn;
      });
  }
}

/**
 * Lets this account's log delivery write to the log group, and allows nothing else.
 * Source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
 */
export function deliveryPolicy(location: Location, group: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "FirewallLog",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: arn(location, "logs", `log-group:${group}:log-stream:*`),
        Condition: {
          StringEquals: { "aws:SourceAccount": location.account },
          ArnLike: { "aws:SourceArn": arn(location, "logs", "*") },
        },
      },
    ],
  };
}
