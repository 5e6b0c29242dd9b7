// VPCs, subnets and security groups.

import type { Rule } from "../queries/rule";
import { defaultSecurityGroupIsClosed } from "./network/default-security-group-is-closed";
import { egressHasADestination } from "./network/egress-has-a-destination";
import { endpointPolicyIsNarrow } from "./network/endpoint-policy-is-narrow";
import { networkAdmitsNobody } from "./network/network-admits-nobody";
import { networkBoundsWhatGoesOut } from "./network/network-bounds-what-goes-out";
import { networkLogsItsFlows } from "./network/network-logs-its-flows";
import { subnetGivesNoPublicAddress } from "./network/subnet-gives-no-public-address";
import { subnetLiesInARegularZone } from "./network/subnet-lies-in-a-regular-zone";
import { trafficRuleNamesPorts } from "./network/traffic-rule-names-ports";
import { trafficRulesSayWhatFor } from "./network/traffic-rules-say-what-for";

export const network: readonly Rule[] = [
  defaultSecurityGroupIsClosed,
  networkLogsItsFlows,
  networkAdmitsNobody,
  networkBoundsWhatGoesOut,
  trafficRulesSayWhatFor,
  subnetLiesInARegularZone,
  endpointPolicyIsNarrow,
  subnetGivesNoPublicAddress,
  trafficRuleNamesPorts,
  egressHasADestination,
];
