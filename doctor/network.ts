// Whether the region has the zones that the private network needs: regular ones in which Lambda accepts subnets.

import type { ask } from "./command";
import { bad, good, type Line, unknown } from "./line";

/** As in infra/network/network.ts; a test compares the two. */
export const refusedZoneIds = ["use1-az3"];
/** Zones of the network, one for each subnet of a kind. */
const needed = 2;

export async function zones(call: (...args: string[]) => ReturnType<typeof ask>): Promise<Line> {
  const filter = ["--filters", "Name=opt-in-status,Values=opt-in-not-required"];
  const answer = await call("ec2", "describe-availability-zones", ...filter);
  if (!answer.ok) return unknown(`zones of the network: ${answer.reason}`);
  const { AvailabilityZones: found = [] } = answer.json as {
    AvailabilityZones?: readonly { ZoneName: string; ZoneId: string }[];
  };
  const usable = found.filter(({ ZoneId }) => !refusedZoneIds.includes(ZoneId)).map(({ ZoneName }) => ZoneName);
  if (usable.length < needed)
    return bad(
      `zones of the network: Lambda can use ${usable.length} of the region's, and ${needed} are needed: pulumi config set network false`,
    );
  return good(`zones of the network: ${usable.sort().slice(0, needed).join(", ")}`);
}
