// Simulated results of data sources.

import { createHash } from "node:crypto";
import { partitionOf } from "../contract";
import { s3Prefixes } from "./types/ec2";
import { account, type Inputs, text } from "./types/resource-type";

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
    case "aws:ec2/getSubnet:getSubnet":
      // Of an existing subnet nothing is known here: it is taken to be where it has to be, in a zone of its own.
      return { ...args, availabilityZone: `zone of ${text(args.id)}` };
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
      throw new Error(`graph/data-sources.ts does not give the data source ${token}`);
  }
}

/** A zone, and whether the account had to opt in to it. */
interface Zone {
  readonly name: string;
  readonly id: string;
  readonly optIn: "opt-in-not-required" | "opted-in";
}

/**
 * The zones of a region that a look-up returns, sorted by name as the provider does. The account has opted in to a Local
 * Zone; and in us-east-1 its second zone is one of those in which Lambda accepts no subnet, as in older accounts.
 * @throws Error for a filter that is not simulated
 */
function zonesOf(region: string, { filters, excludeZoneIds, ...more }: Inputs): Zone[] {
  const [area = "", ...rest] = region.split("-");
  const short = `${area}${rest.join("").replace(/north|south|east|west|central|gov/g, (word) => word[0]!)}`;
  const local = { name: `${region}-bos-1a`, id: `${short}-bos1-az1`, optIn: "opted-in" } as const;
  const regular = ["a-az1", "b-az3", "c-az2"].map((zone) => {
    const [letter, id] = zone.split("-");
    return { name: `${region}${letter}`, id: `${short}-${id}`, optIn: "opt-in-not-required" } as const;
  });
  const strange = Object.keys(more)[0];
  if (strange !== undefined) throw new Error(`getAvailabilityZones: ${strange} is not simulated`);
  const excluded = (excludeZoneIds ?? []) as readonly string[];
  const asked = ((filters ?? []) as readonly { name: string; values: readonly string[] }[]).map(({ name, values }) => {
    if (name !== "opt-in-status") throw new Error(`getAvailabilityZones: the filter ${name} is not simulated`);
    return values;
  });
  return [local, ...regular].filter(
    ({ id, optIn }) => !excluded.includes(id) && asked.every((values) => values.includes(optIn)),
  );
}
