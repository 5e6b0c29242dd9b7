// How a job or function in isolated subnets reaches an AWS service: through a VPC endpoint that its route tables or DNS
// lead to and the security groups allow, within that endpoint's policy.

import { BlockList } from "node:net";
import { type Graph, ofType, type Resource } from "../../../graph/resource";
import { passingPolicyOf } from "../../aws/permission";
import { ServiceError } from "../../aws/service-error";
import type { Policy } from "../../iam/policy";

/** Where a job or function runs: ids of its subnets and security groups. */
export interface Place {
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
}

interface TrafficRule {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrBlocks?: readonly string[];
  readonly prefixListIds?: readonly string[];
  readonly securityGroups?: readonly string[];
}

/**
 * @returns the policy of the endpoint
 * @throws ServiceError 504 if no endpoint can be reached: in AWS the call would time out
 */
export function wayTo(graph: Graph, service: "s3" | "logs" | "monitoring", place: Place): Policy {
  const endpoint = ofType(graph, "aws:ec2/vpcEndpoint:VpcEndpoint").find(
    (candidate) =>
      String(candidate.inputs.serviceName).endsWith(`.${service}`) &&
      (candidate.inputs.vpcEndpointType === "Gateway" ? routed : answered)(graph, candidate, place),
  );
  if (endpoint === undefined) {
    throw new ServiceError(
      504,
      "ConnectTimeoutError",
      `from the subnets ${place.subnets.join()} nothing leads to ${service}`,
    );
  }
  return passingPolicyOf(endpoint);
}

/** Whether the route tables of all subnets lead to a gateway endpoint, and the groups allow outbound HTTPS to it. */
function routed(graph: Graph, { inputs, outputs }: Resource, { subnets, groups }: Place): boolean {
  const associations = ofType(graph, "aws:ec2/routeTableAssociation:RouteTableAssociation");
  const tables = subnets.map((id) => associations.find((one) => one.inputs.subnetId === id)?.inputs.routeTableId);
  const leading = inputs.routeTableIds as readonly unknown[];
  return (
    tables.every((table) => leading.includes(table)) &&
    rulesOf(graph, groups, "egress").some(({ prefixListIds = [] }) =>
      prefixListIds.includes(String(outputs.prefixListId)),
    )
  );
}

/**
 * Whether private DNS resolves the service's name to an interface endpoint in the same VPC, the groups allow outbound HTTPS
 * to it, and the endpoint's own groups allow it in.
 */
function answered(graph: Graph, { inputs }: Resource, { subnets, groups }: Place): boolean {
  const known = ofType(graph, "aws:ec2/subnet:Subnet");
  const inVpc = subnets.every((id) => known.find((one) => one.id === id)?.inputs.vpcId === inputs.vpcId);
  const standing = known.filter(({ id }) => (inputs.subnetIds as readonly string[]).includes(id));
  const out = rulesOf(graph, groups, "egress").flatMap(({ cidrBlocks = [] }) => cidrBlocks);
  const entries = rulesOf(graph, inputs.securityGroupIds as readonly string[], "ingress");
  return (
    inVpc &&
    inputs.privateDnsEnabled === true &&
    standing.some((subnet) => within(out, String(subnet.inputs.cidrBlock).split("/")[0]!)) &&
    entries.some(({ securityGroups = [] }) => securityGroups.some((id) => groups.includes(id)))
  );
}

/** The groups' rules that cover TCP port 443. */
function rulesOf(graph: Graph, groups: readonly string[], direction: "ingress" | "egress"): TrafficRule[] {
  return ofType(graph, "aws:ec2/securityGroup:SecurityGroup")
    .filter(({ id }) => groups.includes(id))
    .flatMap(({ inputs }) => (inputs[direction] ?? []) as TrafficRule[])
    .filter(({ protocol, fromPort, toPort }) => protocol === "tcp" && fromPort <= 443 && toPort >= 443);
}

function within(ranges: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [start = "", bits] = range.split("/");
    list.addSubnet(start, Number(bits));
  }
  return list.check(address);
}
