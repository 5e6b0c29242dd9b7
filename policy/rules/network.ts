// VPCs, subnets and security groups.

import type { Rule } from "../queries/rule";
import { defaultSecurityGroupIsClosed } from "./network/default-security-group-is-closed";
import { networkAdmitsNobody } from "./network/network-admits-nobody";
import { networkBoundsWhatGoesOut } from "./network/network-bounds-what-goes-out";
import { networkLogsItsFlows } from "./network/network-logs-its-flows";
import { subnetLiesInARegularZone } from "./network/subnet-lies-in-a-regular-zone";
import { trafficRulesSayWhatFor } from "./network/traffic-rules-say-what-for";

export const network: readonly Rule[] = [
  defaultSecurityGroupIsClosed,
  networkLogsItsFlows,
  networkAdmitsNobody,
  networkBoundsWhatGoesOut,
  trafficRulesSayWhatFor,
  subnetLiesInARegularZone,
];
