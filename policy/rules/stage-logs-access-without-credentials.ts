// The access log answers who called what; a credential in it would open the API to every reader of logs.

import { at, text } from "../read";
import { type Rule, unmet } from "../rule";
import { httpStageType, restStageType } from "../stages";

const wanted = ["$context.requestId", "$context.identity.sourceIp", "$context.status"];

/** What a caller sends: headers, query, body, path as sent, the key itself, whole claims, and what an authorizer passes on of a token. */
const credentials =
  /\$(input|request|stageVariables)\b|header|querystring|\$context\.(path|identity\.apiKey|identity\.userAgent|authorizer\.claims|requestOverride|domainPrefix|protocol\.)(?![A-Za-z.])|\$context\.[\w.]*(token|authorization|secret|password|cookie|rawid)/i;

export const stageLogsAccessWithoutCredentials: Rule = {
  name: "stage-logs-access-without-credentials",
  says: "A stage's access log records who called what with which result, but nothing that could be used to impersonate a caller.",
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
