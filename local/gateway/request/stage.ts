// Identifies a REST API of the graph: its stage, the deployment behind it, and the parts of its ARN.

import { type Graph, ofType, type Resource } from "../../../graph/resource";
import type { ApiIdentity } from "../../server/call";
import type { TlsVersion } from "../../server/message";
import { oldestVersion } from "./security-policy";
import { Unenforceable } from "../../base/unenforceable";

export function stageOf(resource: Resource, graph: Graph): Resource {
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
