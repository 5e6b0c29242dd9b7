// Read-only checks of the AWS account: quotas and resources that would stop a first `pulumi up`.

import type { Graph } from "../graph/resource";
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
  const caller = await ask("aws", ["sts", "get-caller-identity", "--output", "json"]);
  if (!caller.ok) {
    const why = caller.missing ? "the AWS CLI is not installed" : "no working AWS credentials";
    return [unknown(`AWS account: ${why} (quotas, log role, certificate and zone are not checked)`)];
  }
  const region = settings.awsRegion ?? "";
  const call = (...args: string[]) => ask("aws", [...args, "--region", region, "--output", "json"]);
  const checks: Promise<Line>[] = [concurrency(call, graph), logRole(call, settings)];
  if (settings.network === "true") checks.push(zones(call));
  if (settings.certificateArn) checks.push(certificate(call, settings.certificateArn));
  if (settings.permissionsBoundary) checks.push(boundary(call, settings.permissionsBoundary));
  if (settings.hostedZoneId) checks.push(zone(call, settings.hostedZoneId, settings));
  return [
    good(`AWS account ${String((caller.json as Json).Account)}, region ${region}`),
    ...(await Promise.all(checks)),
  ];
}

type Call = (...args: string[]) => ReturnType<typeof ask>;

async function concurrency(call: Call, graph: Graph | undefined): Promise<Line> {
  const answer = await call("lambda", "get-account-settings");
  if (!answer.ok) return unknown(`Lambda quota: ${answer.reason}`);
  const limit = (answer.json as { AccountLimit?: Json }).AccountLimit ?? {};
  const asked = (graph?.resources ?? [])
    .filter(({ type }) => type === "aws:lambda/function:Function")
    .reduce((sum, { inputs }) => sum + Math.max(0, Number(inputs.reservedConcurrentExecutions ?? 0)), 0);
  const free = Number(limit.UnreservedConcurrentExecutions) - unreserved;
  if (asked <= Math.max(0, free))
    return good(`Lambda quota: ${asked} executions are reserved, ${Math.max(0, free)} can be`);
  return bad(
    `Lambda quota: ${asked} executions would be reserved, and ${Math.max(0, free)} can be: lower modelConcurrency or authorizerConcurrency (pulumi config set modelConcurrency 0), or ask for a higher quota`,
  );
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
