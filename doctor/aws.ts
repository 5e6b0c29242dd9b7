// Read-only checks of the AWS account: quotas and resources that would stop a first `pulumi up`.

import { type Graph, regionOf } from "../graph/resource";
import { checkAccount } from "./account";
import { checkEndpoints } from "./endpoints";
import { checkExistingVpc } from "./existing-vpc";
import { bad, type CheckResult, good, unknown } from "./check-result";
import { readJson } from "./command";

type Json = Readonly<Record<string, unknown>>;
type Settings = Readonly<Record<string, string>>;

/**
 * Concurrent executions that Lambda always keeps for functions without reserved concurrency.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
const unreserved = 100;

/** @param graph - the graph for these settings; absent if the program cannot be evaluated with them */
export async function checkAws(settings: Settings, graph: Graph | undefined): Promise<CheckResult[]> {
  const profile = settings["aws:profile"] ? ["--profile", settings["aws:profile"]] : [];
  const caller = await readJson("aws", ["sts", "get-caller-identity", ...profile, "--output", "json"]);
  if (!caller.ok) {
    const why = caller.missing ? "the AWS CLI is not installed" : "no working AWS credentials";
    return [unknown(`AWS account: ${why} (quotas, log role, certificate and zone are not checked)`)];
  }
  const region = settings.awsRegion ?? "";
  const aws = (...args: string[]) => readJson("aws", [...args, ...profile, "--region", region, "--output", "json"]);
  const checks: Promise<CheckResult>[] = [concurrency(aws, graph, region), logRole(aws, settings)];
  if (settings.network === "true") checks.push(...(settings.vpcId ? checkExistingVpc(aws, settings) : [zones(aws)]));
  if (graph !== undefined) checks.push(logPolicies(aws, graph), ...checkEndpoints(aws, graph));
  if (settings.certificateArn) checks.push(certificate(aws, settings.certificateArn));
  if (settings.permissionsBoundary) checks.push(boundary(aws, settings.permissionsBoundary));
  if (settings.hostedZoneId) checks.push(zone(aws, settings.hostedZoneId, settings));
  const account = String((caller.json as Json).Account);
  return [
    good(`AWS account ${account}, region ${region}`),
    ...checkAccount(settings, account),
    ...(await Promise.all(checks)),
  ];
}

type AwsCommand = (...args: string[]) => ReturnType<typeof readJson>;

async function concurrency(aws: AwsCommand, graph: Graph | undefined, region: string): Promise<CheckResult> {
  const result = await aws("lambda", "get-account-settings");
  if (!result.ok) return unknown(`Lambda quota: ${result.reason}`);
  const limit = (result.json as { AccountLimit?: Json }).AccountLimit ?? {};
  const reserving = (graph?.resources ?? []).filter(
    ({ type, inputs, outputs }) =>
      type === "aws:lambda/function:Function" &&
      Number(inputs.reservedConcurrentExecutions ?? 0) > 0 &&
      regionOf(String(outputs.arn)) === region,
  );
  const requested = reserving.reduce((sum, { inputs }) => sum + Number(inputs.reservedConcurrentExecutions), 0);
  // What this stack's functions reserve already is no longer unreserved, and an update gives it back.
  const standing = await Promise.all(reserving.map(({ inputs }) => reservedBy(aws, String(inputs.name))));
  const free =
    Number(limit.UnreservedConcurrentExecutions) - unreserved + standing.reduce((sum, each) => sum + each, 0);
  if (requested <= Math.max(0, free))
    return good(`Lambda quota: ${requested} executions are reserved, ${Math.max(0, free)} can be`);
  return bad(
    `Lambda quota: ${requested} executions would be reserved, and ${Math.max(0, free)} can be: lower modelConcurrency or authorizerConcurrency (pulumi config set modelConcurrency 0), or ask for a higher quota`,
  );
}

/** Executions that a function reserves; 0 if it does not exist yet. */
async function reservedBy(aws: AwsCommand, name: string): Promise<number> {
  const result = await aws("lambda", "get-function-concurrency", "--function-name", name);
  return result.ok ? Number((result.json as Json).ReservedConcurrentExecutions ?? 0) : 0;
}

/**
 * Resource policies of CloudWatch Logs that an account has at most in each region; AWS does not raise it.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
const mostLogPolicies = 10;

/** Counts the policies that stand, and those of the stack that do not yet. */
async function logPolicies(aws: AwsCommand, graph: Graph): Promise<CheckResult> {
  const own = graph.resources
    .filter(({ type }) => type === "aws:cloudwatch/logResourcePolicy:LogResourcePolicy")
    .map(({ inputs }) => String(inputs.policyName));
  if (own.length === 0) return good("CloudWatch Logs: this stack needs no resource policy");
  const result = await aws("logs", "describe-resource-policies");
  if (!result.ok) return unknown(`CloudWatch Logs' resource policies: ${result.reason}`);
  const policies = (result.json as { resourcePolicies?: { policyName?: string }[] }).resourcePolicies ?? [];
  const names = policies.map(({ policyName }) => policyName);
  const missing = own.filter((name) => !names.includes(name)).length;
  const text = `CloudWatch Logs: ${names.length} resource policies stand in the region, this stack adds ${missing}, and ${mostLogPolicies} can be`;
  return names.length + missing <= mostLogPolicies
    ? good(text)
    : bad(`${text}: delete one that nothing uses: aws logs delete-resource-policy --policy-name <name>`);
}

async function logRole(aws: AwsCommand, settings: Settings): Promise<CheckResult> {
  const result = await aws("apigateway", "get-account");
  if (!result.ok) return unknown(`API Gateway's log role: ${result.reason}`);
  const there = Boolean((result.json as Json).cloudwatchRoleArn);
  const ours = settings.manageApiGatewayAccount !== "false";
  if (!there && !ours)
    return bad("API Gateway's log role: the account has none: pulumi config set manageApiGatewayAccount true");
  if (there && ours)
    return good(
      "API Gateway's log role: the account has one, which this stack would replace; to keep it: pulumi config set manageApiGatewayAccount false",
    );
  return good(`API Gateway's log role: ${ours ? "this stack makes it" : "the account has one"}`);
}

async function certificate(aws: AwsCommand, arn: string): Promise<CheckResult> {
  const result = await aws("acm", "describe-certificate", "--certificate-arn", arn);
  if (!result.ok) return bad(`certificate: ${result.reason}`);
  const { Status: status } = (result.json as { Certificate?: Json }).Certificate ?? {};
  return status === "ISSUED" ? good("certificate: issued") : bad(`certificate: is ${String(status)}, not ISSUED`);
}

async function boundary(aws: AwsCommand, arn: string): Promise<CheckResult> {
  const result = await aws("iam", "get-policy", "--policy-arn", arn);
  return result.ok
    ? good("permissions boundary: it exists")
    : bad(`permissions boundary: ${result.reason}: no role can be created without it (docs/bootstrap.md, step 2)`);
}

async function zone(aws: AwsCommand, id: string, settings: Settings): Promise<CheckResult> {
  const result = await aws("route53", "get-hosted-zone", "--id", id);
  if (!result.ok) return bad(`hosted zone: ${result.reason}`);
  const name = String((result.json as { HostedZone?: Json }).HostedZone?.Name).replace(/\.$/, "");
  const domains = ["apiGatewayDomain", "auth0AuthorizerDomain", "httpApiDomain"].filter((key) => settings[key]);
  const foreign = domains.filter((key) => settings[key] !== name && !settings[key]!.endsWith(`.${name}`));
  return foreign.length === 0
    ? good(`hosted zone: ${name}`)
    : bad(`hosted zone: ${foreign.join(", ")}: not a name in the zone ${name}`);
}

/** As in infra/network/network.ts; a test compares the two. */
export const unsupportedZoneIds = ["use1-az3"];
/** Zones of the network, one for each subnet of a kind. */
const needed = 2;

async function zones(aws: (...args: string[]) => ReturnType<typeof readJson>): Promise<CheckResult> {
  const filter = ["--filters", "Name=opt-in-status,Values=opt-in-not-required"];
  const result = await aws("ec2", "describe-availability-zones", ...filter);
  if (!result.ok) return unknown(`zones of the network: ${result.reason}`);
  const { AvailabilityZones: found = [] } = result.json as {
    AvailabilityZones?: readonly { ZoneName: string; ZoneId: string }[];
  };
  const usable = found.filter(({ ZoneId }) => !unsupportedZoneIds.includes(ZoneId)).map(({ ZoneName }) => ZoneName);
  if (usable.length < needed)
    return bad(
      `zones of the network: Lambda can use ${usable.length} of the region's, and ${needed} are needed: pulumi config set network false`,
    );
  return good(`zones of the network: ${usable.sort().slice(0, needed).join(", ")}`);
}
