// The availability zones of the network. Left to itself, awsx takes the first two of all that the account may use: an
// opted-in Local Zone among them (its name sorts before the regular ones), or one in which Lambda accepts no subnet.

import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones";
import type { ProviderResource } from "@pulumi/pulumi";
import { userError } from "../base/user-error";

/**
 * Zones whose subnets Lambda is known to refuse ("The provided subnets contain availability zone Lambda doesn't
 * support"), from reports, not a list of AWS's. By id: a name such as us-east-1c stands for another zone in each account.
 * Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html (ids and names)
 */
export const refusedZoneIds = ["use1-az3"];

/**
 * Names of the first zones of the provider's region that are no Local or Wavelength Zone and that Lambda accepts, in
 * awsx's order and whatever their present state: a stack's subnets must not move because a zone fails.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html (opt-in-status)
 * @throws pulumi.RunError if the region has fewer
 */
export async function zonesFor(region: string, count: number, provider: ProviderResource): Promise<string[]> {
  const { names } = await getAvailabilityZones(
    { filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }], excludeZoneIds: refusedZoneIds },
    { provider },
  );
  if (names.length < count)
    throw userError(
      `network: of the zones of ${region}, Lambda can use ${names.length} in this account, and ${count} are needed: pulumi config set network false`,
    );
  return names.slice(0, count);
}
