// Simulated results of data sources.

import { createHash } from "node:crypto";
import { partitionOf } from "../../contract";
import { s3Prefixes, zonesOf } from "./network";
import { account, type Inputs, text } from "./row";

/**
 * @param token for example `aws:ec2/getPrefixList:getPrefixList`
 * @param region of the provider that reads it
 * @throws Error for a data source that is not simulated
 */
export function simulateInvoke(token: string, args: Inputs, region: string): Record<string, unknown> {
  switch (token) {
    case "aws:ec2/getRouteTable:getRouteTable": {
      // A placeholder: a caller that knows the subnet's association replaces it by the associated route table.
      const id = `rtb-0${createHash("sha256").update(text(args.subnetId)).digest("hex").slice(0, 16)}`;
      return { id, routeTableId: id, subnetId: args.subnetId };
    }
    case "aws:ec2/getPrefixList:getPrefixList":
      return { id: s3Prefixes, name: args.name, cidrBlocks: [] };
    case "aws:index/getAvailabilityZones:getAvailabilityZones": {
      const zones = zonesOf(region, args);
      return { id: region, names: zones.map(({ name }) => name), zoneIds: zones.map(({ id }) => id) };
    }
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return {
        accountId: account,
        arn: `arn:${partitionOf(region)}:iam::${account}:user/example`,
        id: account,
        userId: "AIDAEXAMPLEEXAMPLE12",
      };
    default:
      throw new Error(`graph/simulated/data-sources.ts does not give the data source ${token}`);
  }
}
