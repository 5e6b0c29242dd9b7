// What a REST API writes to its access log.

import { authorizerContext } from "../../../contract";

/**
 * Format of an access log line (JSON): who called what, with which result. It holds no header, query string or
 * credential; what a caller can choose freely (user agent, raw path) is left out because API Gateway does not escape
 * it.
 */
export const accessLogFormat = JSON.stringify({
  requestId: "$context.requestId",
  extendedRequestId: "$context.extendedRequestId",
  time: "$context.requestTime",
  sourceIp: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  route: "$context.resourcePath",
  status: "$context.status",
  responseBytes: "$context.responseLength",
  latencyMs: "$context.responseLatency",
  integrationStatus: "$context.integration.status",
  integrationLatencyMs: "$context.integration.latency",
  apiKeyId: "$context.identity.apiKeyId",
  userArn: "$context.identity.userArn",
  principalId: "$context.authorizer.principalId",
  // Of a user pool's token: the application that called.
  subject: "$context.authorizer.claims.sub",
  client: `$context.authorizer.${authorizerContext.client}`,
  responseType: "$context.error.responseType",
  error: "$context.error.message",
});
