// Identifies a REST API of the graph: its stage, the deployment behind it, and the parts of its ARN.

import { type Graph, ofType, type Resource } from "../../../graph/resource";
import type { ApiIdentity } from "../../server/api-request";
import type { TlsVersion } from "../../server/http-message";
import { Unenforceable } from "../../base/unenforceable";

export function restStageOf(resource: Resource, graph: Graph): Resource {
  const stages = ofType(graph, "aws:apigateway/stage:Stage").filter(({ inputs }) => inputs["restApi"] === resource.id);
  if (stages.length !== 1)
    throw new Unenforceable(resource.urn, `has ${stages.length} stages; a REST API is served with exactly one`);
  const stage = stages[0]!;
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(String(stage.inputs["stageName"])))
    throw new Unenforceable(stage.urn, "has a stageName that API Gateway would not take");
  return stage;
}

/**
 * Id of the stage's deployment. On AWS a stage without a deployment of its own API serves nothing.
 * @throws Unenforceable
 */
export function deploymentOf(resource: Resource, stage: Resource, graph: Graph): string {
  const deployment = ofType(graph, "aws:apigateway/deployment:Deployment").find(
    ({ id, inputs }) => id === stage.inputs["deployment"] && inputs["restApi"] === resource.id,
  );
  if (!deployment) throw new Unenforceable(stage.urn, "names no deployment of its REST API");
  return deployment.id;
}

export function identityOf(resource: Resource, stage: string): ApiIdentity {
  const arn = /^arn:([^:]+):execute-api:([^:]+):(\d{12}):/.exec(String(resource.outputs["executionArn"]));
  if (!arn) throw new Unenforceable(resource.urn, "has no executionArn to read its region and account from");
  return { id: resource.id, stage, partition: arn[1]!, region: arn[2]!, account: arn[3]! };
}

/** Variables of the stage of a REST API; empty if it has none. */
export function stageVariablesOf(api: ApiIdentity, graph: Graph): Readonly<Record<string, string>> {
  const stage = ofType(graph, "aws:apigateway/stage:Stage").find(
    ({ inputs }) => inputs["restApi"] === api.id && inputs["stageName"] === api.stage,
  );
  return (stage?.inputs["variables"] as Record<string, string> | undefined) ?? {};
}

export function minVersionOf({ inputs }: Resource): TlsVersion {
  return oldestVersion(inputs["securityPolicy"]);
}

// TLS security policies of endpoints and custom domains: the lowest TLS version of each.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html

/**
 * A policy's name states its newest and oldest TLS version. AWS's default still accepts TLS 1.0; this server does not.
 */
export function oldestVersion(policy: unknown): TlsVersion {
  return /^SecurityPolicy_TLS13_1_3_/.test(String(policy)) ? "TLSv1.3" : "TLSv1.2";
}

/** Enhanced policies exist for REST APIs only and exclude mutual TLS. */
export function isEnhanced(policy: unknown): boolean {
  return /^SecurityPolicy_/.test(String(policy));
}

/** Why a policy cannot be served, or `undefined`. The server requires TLS 1.2 or later in any case. */
export function securityPolicyProblem(policy: unknown): string | undefined {
  return /^(?:TLS_1_2$|SecurityPolicy_TLS1[23]_)/.test(String(policy))
    ? undefined
    : "allows TLS before 1.2, or is unknown";
}

/**
 * The name by which people know an API: of the project's component that declares it, or the resource's own if it has none.
 */
export function componentName(resource: Resource, graph: Graph): string {
  const parent = graph.resources.find(({ urn }) => urn === resource.parent);
  return parent && !parent.type.startsWith("pulumi:") ? parent.name : resource.name;
}
