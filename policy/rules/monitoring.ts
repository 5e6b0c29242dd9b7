// Logs, alarms and the messages of both.

import type { Rule } from "../queries/rule";
import { alarmActs } from "./monitoring/alarm-acts";
import { alarmWatchesSomething } from "./monitoring/alarm-watches-something";
import { eventRuleNamesItsSource } from "./monitoring/event-rule-names-its-source";
import { logDestinationIsDeclared } from "./monitoring/log-destination-is-declared";
import { logsAreEncryptedByOurKey } from "./monitoring/logs-are-encrypted-by-our-key";
import { logsAreKeptAYear } from "./monitoring/logs-are-kept-a-year";
import { queueIsEncrypted } from "./monitoring/queue-is-encrypted";
import { stageRaisesAlarms } from "./monitoring/stage-raises-alarms";
import { topicDeniesPlainHttp } from "./monitoring/topic-denies-plain-http";
import { topicIsEncrypted } from "./monitoring/topic-is-encrypted";

export const monitoring: readonly Rule[] = [
  logsAreKeptAYear,
  logsAreEncryptedByOurKey,
  alarmActs,
  alarmWatchesSomething,
  stageRaisesAlarms,
  queueIsEncrypted,
  topicIsEncrypted,
  logDestinationIsDeclared,
  eventRuleNamesItsSource,
  topicDeniesPlainHttp,
];
