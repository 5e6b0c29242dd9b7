// The access log shows who called what; a credential in it would give every reader of the log access to the API.

import { httpStageType, restStageType } from "../../../graph/openapi";
import { at, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

const wanted = ["$context.requestId", "$context.identity.sourceIp", "$context.status"];

/** Variables with what a caller sent: headers, query, body, raw path, API key, claims, tokens of an authorizer. */
const credentials =
  /\$(input|request|stageVariables)\b|header|querystring|\$context\.(path|identity\.apiKey|identity\.userAgent|authorizer\.claims|requestOverride|domainPrefix|protocol\.)(?![A-Za-z.])|\$context\.[\w.]*(token|authorization|secret|password|cookie|rawid)/i;

export const stageLogsAccessWithoutCredentials: Rule = {
  name: "stage-logs-access-without-credentials",
  description:
    "A stage's access log records who called what with which result, but nothing that could be used to impersonate a caller.",
  severity: "medium",
  controls: ["OWN.RestAccessLog", "APIGateway.9", "API8"],
  types: [restStageType, httpStageType],
  check: ({ inputs }) => {
    const format = text(at(inputs, "accessLogSettings", "format"));
    return unmet({
      "accessLogSettings.destinationArn is not set": text(at(inputs, "accessLogSettings", "destinationArn")) !== "",
      "accessLogSettings.format lacks request id, address or status": wanted.every((name) => format.includes(name)),
      "accessLogSettings.format holds what a caller sent": !credentials.test(format),
    });
  },
};
