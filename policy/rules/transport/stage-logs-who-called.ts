// An access log without the caller shows that somebody probed an API, and not whom to lock out.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html

import { httpApiType, httpStageType, restApiType, restStageType } from "../../../graph/openapi";
import type { Resource } from "../../../graph/resource";
import { operationsOf } from "../../queries/operations";
import { at, text } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";
import { httpDomainType } from "../../queries/stages";
import type { View } from "../../queries/view";

/** What each log line needs: any of the variables. */
const always: Readonly<Record<string, RegExp>> = {
  "the time": /\$context\.requestTime/,
  "the method": /\$context\.(httpMethod|routeKey)/,
  "the route": /\$context\.(resourcePath|resourceId|routeKey)/,
  "why a call failed": /\$context\.error\.message/,
};

/** What identifies a caller, by what the routes ask for. */
const callers: Readonly<Record<string, RegExp>> = {
  iam: /\$context\.identity\.(userArn|user|caller)\b/,
  apiKey: /\$context\.identity\.apiKeyId\b/,
  lambda: /\$context\.authorizer\.principalId\b/,
  cognito: /\$context\.authorizer\.claims\.\w+/,
  jwt: /\$context\.authorizer\.claims\.(sub|username|client_id)\b/,
};

export const stageLogsWhoCalled: Rule = {
  name: "stage-logs-who-called",
  description:
    "A stage's access log names the time, the route, the failure, and the caller in each way in which its routes identify one.",
  severity: "medium",
  controls: ["OWN.RestAccessLog", "APIGateway.9"],
  types: [restStageType, httpStageType],
  check: (stage, view) => {
    const api = view
      .ofType(restApiType, httpApiType)
      .find((one) => view.points(stage, stage.type === restStageType ? "restApi" : "apiId", one));
    if (api === undefined) return undefined;
    const format = text(at(stage.inputs, "accessLogSettings", "format"));
    const kinds = new Set(
      operationsOf(api, view).flatMap(({ alternatives }) => alternatives.flat().map(({ kind }) => kind)),
    );
    const wanted = Object.entries({
      ...always,
      ...Object.fromEntries([...kinds].flatMap((kind) => (callers[kind] === undefined ? [] : [[kind, callers[kind]]]))),
      ...(kinds.has("jwt") ? { "why a token was refused": /\$context\.authorizer\.error/ } : {}),
      ...(takesCertificates(api, view) ? { "the client's certificate": /\$context\.identity\.clientCert\.\w+/ } : {}),
    });
    return wanted
      .filter(([, variable]) => !variable.test(format))
      .map(([what]) => violation("accessLogSettings.format lacks what says who called", what));
  },
};

/** Whether clients of an HTTP API's domain present certificates. */
function takesCertificates(api: Resource, view: View): boolean {
  const mappings = view.pointingAt(api, "aws:apigatewayv2/apiMapping:ApiMapping", "apiId");
  return view
    .ofType(httpDomainType)
    .filter(({ inputs }) => at(inputs.mutualTlsAuthentication, "truststoreUri") !== undefined)
    .some(({ inputs }) => mappings.some((mapping) => mapping.inputs.domainName === inputs.domainName));
}
