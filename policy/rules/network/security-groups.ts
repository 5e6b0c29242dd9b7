// The rules of security groups, whether declared inline in a group or as separate resources.

import type { Resource } from "../../../graph/resource";
import { coversTheInternet } from "../../queries/networks";
import { amount, list, type Plain, record, text, texts } from "../../queries/read";

const group = "aws:ec2/securityGroup:SecurityGroup";
const single = "aws:ec2/securityGroupRule:SecurityGroupRule";
const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

export const securityGroupTypes = [group, single, ingress, egress];

export interface TrafficRule {
  /** `tcp`, …; `-1` or `all` for every protocol. */
  readonly protocol: string;
  /** Networks (CIDR) that the rule covers. */
  readonly networks: readonly string[];
  /** The first and the last port; NaN for one that is not set. */
  readonly ports: readonly [from: number, to: number];
  /** Empty: it has none. */
  readonly description: string;
}

/** Whether rules together cover the internet, each of them perhaps only a part. */
export function areEverywhere(rules: readonly TrafficRule[]): boolean {
  return coversTheInternet(rules.flatMap(({ networks }) => networks));
}

/** The rules for a direction; `undefined` if the resource declares none for it. */
export function trafficRules(resource: Resource, direction: "ingress" | "egress"): TrafficRule[] | undefined {
  const { type, inputs } = resource;
  switch (type) {
    case group:
      return inputs[direction] === undefined
        ? undefined
        : list(inputs[direction]).map((item) => trafficRule(record(item)));
    case single:
      return inputs.type === direction ? [trafficRule(inputs)] : undefined;
    case ingress:
      return direction === "ingress" ? [trafficRule(inputs)] : undefined;
    default:
      return direction === "egress" ? [trafficRule(inputs)] : undefined;
  }
}

function trafficRule(rule: Plain): TrafficRule {
  const networks = ["cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"].flatMap((key) => texts(rule[key]));
  return {
    protocol: text(rule.protocol ?? rule.ipProtocol),
    networks,
    ports: [amount(rule.fromPort), amount(rule.toPort)],
    description: text(rule.description),
  };
}
