// Read-only checks of the AWS account: quotas and resources that would stop a first `pulumi up`.

import type { Graph } from "../graph/resource";
import { checkAccount } from "./account";
import { ask } from "./command";
import { bad, good, type Line, unknown } from "./line";
import { zones } from "./network";

type Json = Readonly<Record<string, unknown>>;
type Settings = Readonly<Record<string, string>>;

/**
 * Concurrent executions that Lambda always keeps for functions without reserved concurrency.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
const unreserved = 100;

/** @param graph - the graph for these settings; absent if the program cannot be evaluated with them */
export async function checkAws(settings: Settings, graph: Graph | undefined): Promise<Line[]> {
  const profile = settings["aws:profile"] ? ["--profile", settings["aws:profile"]] : [];
  const caller = await ask("aws", ["sts", "get-caller-identity", ...profile, "--output", "json"]);
  if (!caller.ok) {
    const why = caller.missing ? "the AWS CLI is not installed" : "no working AWS credentials";
    return [unknown(`AWS account: ${why} (quotas, log role, certificate and zone are not checked)`)];
  }
  const region = settings.awsRegion ?? "";
  const call = (...args: string[]) => ask("aws", [...args, ...profile, "--region", region, "--output", "json"]);
  const checks: Promise<Line>[] = [concurrency(call, graph, region), logRole(call, settings)];
  if (settings.network === "true") checks.push(zones(call));
  if (graph !== undefined) checks.push(logPolicies(call, graph));
  if (settings.certificateArn) checks.push(certificate(call, settings.certificateArn));
  if (settings.permissionsBoundary) checks.push(boundary(call, settings.permissionsBoundary));
  if (settings.hostedZoneId) checks.push(zone(call, settings.hostedZoneId, settings));
  const account = String((caller.json as Json).Account);
  return [
    good(`AWS account ${account}, region ${region}`),
    ...checkAccount(settings, account),
    ...(await Promise.all(checks)),
  ];
}

type Call = (...args: string[]) => ReturnType<typeof ask>;

async function concurrency(call: Call, graph: Graph | undefined, region: string): Promise<Line> {
  const answer = await call("lambda", "get-account-settings");
  if (!answer.ok) return unknown(`Lambda quota: ${answer.reason}`);
  const limit = (answer.json as { AccountLimit?: Json }).AccountLimit ?? {};
  const reserving = (graph?.resources ?? []).filter(
    ({ type, inputs, outputs }) =>
      type === "aws:lambda/function:Function" &&
      Number(inputs.reservedConcurrentExecutions ?? 0) > 0 &&
      String(outputs.arn).split(":")[3] === region,
  );
  const asked = reserving.reduce((sum, { inputs }) => sum + Number(inputs.reservedConcurrentExecutions), 0);
  // What this stack's functions reserve already is no longer unreserved, and an update gives it back.
  const standing = await Promise.all(reserving.map(({ inputs }) => reservedBy(call, String(inputs.name))));
  const free =
    Number(limit.UnreservedConcurrentExecutions) - unreserved + standing.reduce((sum, each) => sum + each, 0);
  if (asked <= Math.max(0, free))
    return good(`Lambda quota: ${asked} executions are reserved, ${Math.max(0, free)} can be`);
  return bad(
    `Lambda quota: ${asked} executions would be reserved, and ${Math.max(0, free)} can be: lower modelConcurrency or authorizerConcurrency (pulumi config set modelConcurrency 0), or ask for a higher quota`,
  );
}

/** Executions that a function reserves; 0 if it does not exist yet. */
async function reservedBy(call: Call, name: string): Promise<number> {
  const answer = await call("lambda", "get-function-concurrency", "--function-name", name);
  return answer.ok ? Number((answer.json as Json).ReservedConcurrentExecutions ?? 0) : 0;
}

/**
 * Resource policies of CloudWatch Logs that an account has at most in each region; AWS does not raise it.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
const mostLogPolicies = 10;

/** Counts the policies that stand, and those of the stack that do not yet. */
async function logPolicies(call: Call, graph: Graph): Promise<Line> {
  const own = graph.resources
    .filter(({ type }) => type === "aws:cloudwatch/logResourcePolicy:LogResourcePolicy")
    .map(({ inputs }) => String(inputs.policyName));
  if (own.length === 0) return good("CloudWatch Logs: this stack needs no resource policy");
  const answer = await call("logs", "describe-resource-policies");
  if (!answer.ok) return unknown(`CloudWatch Logs' resource policies: ${answer.reason}`);
  const policies = (answer.json as { resourcePolicies?: { policyName?: string }[] }).resourcePolicies ?? [];
  const names = policies.map(({ policyName }) => policyName);
  const missing = own.filter((name) => !names.includes(name)).length;
  const text = `CloudWatch Logs: ${names.length} resource policies stand in the region, this stack adds ${missing}, and ${mostLogPolicies} can be`;
  return names.length + missing <= mostLogPolicies
    ? good(text)
    : bad(`${text}: delete one that nothing uses: aws logs delete-resource-policy --policy-name <name>`);
}

async function logRole(call: Call, settings: Settings): Promise<Line> {
  const answer = await call("apigateway", "get-account");
  if (!answer.ok) return unknown(`API Gateway's log role: ${answer.reason}`);
  const there = Boolean((answer.json as Json).cloudwatchRoleArn);
  const ours = settings.manageApiGatewayAccount !== "false";
  if (!there && !ours)
    return bad("API Gateway's log role: the account has none: pulumi config set manageApiGatewayAccount true");
  if (there && ours)
    return good(
      "API Gateway's log role: the account has one, which this stack would replace; to keep it: pulumi config set manageApiGatewayAccount false",
    );
  return good(`API Gateway's log role: ${ours ? "this stack makes it" : "the account has one"}`);
}

async function certificate(call: Call, arn: string): Promise<Line> {
  const answer = await call("acm", "describe-certificate", "--certificate-arn", arn);
  if (!answer.ok) return bad(`certificate: ${answer.reason}`);
  const { Status: status } = (answer.json as { Certificate?: Json }).Certificate ?? {};
  return status === "ISSUED" ? good("certificate: issued") : bad(`certificate: is ${String(status)}, not ISSUED`);
}

async function boundary(call: Call, arn: string): Promise<Line> {
  const answer = await call("iam", "get-policy", "--policy-arn", arn);
  return answer.ok
    ? good("permissions boundary: it exists")
    : bad(`permissions boundary: ${answer.reason}: no role can be created without it (docs/bootstrap.md, step 2)`);
}

async function zone(call: Call, id: string, settings: Settings): Promise<Line> {
  const answer = await call("route53", "get-hosted-zone", "--id", id);
  if (!answer.ok) return bad(`hosted zone: ${answer.reason}`);
  const name = String((answer.json as { HostedZone?: Json }).HostedZone?.Name).replace(/\.$/, "");
  const domains = ["apiGatewayDomain", "auth0AuthorizerDomain", "httpApiDomain"].filter((key) => settings[key]);
  const foreign = domains.filter((key) => settings[key] !== name && !settings[key]!.endsWith(`.${name}`));
  return foreign.length === 0
    ? good(`hosted zone: ${name}`)
    : bad(`hosted zone: ${foreign.join(", ")}: not a name in the zone ${name}`);
}
