// Web ACLs.

import type { Rule } from "../queries/rule";
import { firewallBlocksKnownAttacks } from "./firewall/firewall-blocks-known-attacks";
import { firewallBoundsBodies } from "./firewall/firewall-bounds-bodies";
import { firewallHasRules } from "./firewall/firewall-has-rules";
import { firewallLimitsRates } from "./firewall/firewall-limits-rates";
import { firewallLogsNoCredentials } from "./firewall/firewall-logs-no-credentials";
import { firewallLogs } from "./firewall/firewall-logs";
import { firewallMeasuresItsRules } from "./firewall/firewall-measures-its-rules";
import { stageHasAFirewall } from "./firewall/stage-has-a-firewall";

export const firewall: readonly Rule[] = [
  stageHasAFirewall,
  firewallHasRules,
  firewallLimitsRates,
  firewallBlocksKnownAttacks,
  firewallBoundsBodies,
  firewallMeasuresItsRules,
  firewallLogs,
  firewallLogsNoCredentials,
];
