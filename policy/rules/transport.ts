// How callers and backends are connected, and what a stage writes down.

import type { Rule } from "../queries/rule";
import { apiDocumentIsImportedStrictly } from "./transport/api-document-is-imported-strictly";
import { clientsSpeakTls12 } from "./transport/clients-speak-tls-1-2";
import { deploymentFollowsTheDocument } from "./transport/deployment-follows-the-document";
import { logRoleCanBeAssumed } from "./transport/log-role-can-be-assumed";
import { ownDomainClosesTheDefaultEndpoint } from "./transport/own-domain-closes-the-default-endpoint";
import { privateBackendSpeaksHttps } from "./transport/private-backend-speaks-https";
import { stageCacheIsEncrypted } from "./transport/stage-cache-is-encrypted";
import { stageIsTraced } from "./transport/stage-is-traced";
import { stageLogsAccessWithoutCredentials } from "./transport/stage-logs-access-without-credentials";
import { stageLogsExecution } from "./transport/stage-logs-execution";
import { stageLogsNoBodies } from "./transport/stage-logs-no-bodies";
import { stageLogsWhoCalled } from "./transport/stage-logs-who-called";
import { stageThrottles } from "./transport/stage-throttles";
import { truststoreIsPinned } from "./transport/truststore-is-pinned";

export const transport: readonly Rule[] = [
  clientsSpeakTls12,
  ownDomainClosesTheDefaultEndpoint,
  truststoreIsPinned,
  privateBackendSpeaksHttps,
  deploymentFollowsTheDocument,
  stageLogsAccessWithoutCredentials,
  stageLogsExecution,
  stageLogsNoBodies,
  stageIsTraced,
  stageThrottles,
  stageCacheIsEncrypted,
  apiDocumentIsImportedStrictly,
  stageLogsWhoCalled,
  logRoleCanBeAssumed,
];
