// What a node says besides its name and kind: numbers of what is in it, and by what its callers identify themselves. Never the value of an input.

import { httpApiType, httpStageType, restApiType, restStageType } from "../graph/openapi";
import type { Resource } from "../graph/resource";
import { credentialsOf, routesOf } from "./api-links";
import type { Link } from "./links";
import type { Part } from "./owners";

/** Parts that are counted in their node: the word for one, and for several. */
const counted: Readonly<Record<string, readonly [string, string]>> = {
  "aws:apigateway/apiKey:ApiKey": ["API key", "API keys"],
  "aws:ec2/subnet:Subnet": ["subnet", "subnets"],
  "aws:ec2/natGateway:NatGateway": ["NAT gateway", "NAT gateways"],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["VPC endpoint", "VPC endpoints"],
  "aws:sns/topicSubscription:TopicSubscription": ["subscription", "subscriptions"],
  "auth0:index/client:Client": ["application", "applications"],
};

/** Lines of text about a node. */
export function detailsOf(part: Part, links: readonly Link<Part>[]): string[] {
  const resources = [...part.heads.slice(1), ...part.members];
  const found = Object.entries(counted).flatMap(([type, [one, several]]) => {
    const count = resources.filter((resource) => resource.type === type).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
  });
  const reached = (label: string, end: "from" | "to"): number =>
    new Set(
      links
        .filter((link) => link.label === label && link[end] === part)
        .map((link) => link[end === "from" ? "to" : "from"]),
    ).size;
  const encrypted = reached("encrypts", "from");
  const watched = reached("watched by", "to");
  return [
    ...part.heads.flatMap((head) => ofApi(head, part.members)),
    // Of a custom domain.
    ...(part.heads.some(({ inputs }) => inputs.mutualTlsAuthentication !== undefined) ? ["mutual TLS"] : []),
    ...found,
    ...(encrypted > 0 ? [`encrypts ${parts(encrypted)}`] : []),
    ...(watched > 0 ? [`watch ${parts(watched)}`] : []),
  ];
}

function parts(count: number): string {
  return count === 1 ? "1 part" : `${count} parts`;
}

function ofApi(head: Resource, members: readonly Resource[]): string[] {
  if (head.type !== restApiType && head.type !== httpApiType) return [];
  const stages = members.flatMap(({ type, inputs }) => {
    const name = type === restStageType ? inputs.stageName : type === httpStageType ? inputs.name : undefined;
    return typeof name === "string" ? [name] : [];
  });
  return [`stage ${stages.join(", ")}`, `${routesOf(head)} routes`, credentialsOf(head).join(" + ") || "open to all"];
}
