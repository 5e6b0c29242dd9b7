// A log that goes to a group which nobody declares is kept for ever, under AWS's key, or lost.

import { httpStageType, restStageType } from "../../../graph/openapi";
import type { Resource } from "../../../graph/resource";
import { at, text, texts } from "../../queries/read";
import { type Rule, violation } from "../../queries/rule";
import { settingsOfAll } from "../../queries/stages";
import type { View } from "../../queries/view";

const flowLogType = "aws:ec2/flowLog:FlowLog";
const loggingType = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";

export const logDestinationIsDeclared: Rule = {
  name: "log-destination-is-declared",
  description: "Access logs, execution logs, flow logs and firewall logs go to log groups that the program declares.",
  severity: "medium",
  controls: ["OWN.LogGroupExists"],
  types: [restStageType, httpStageType, flowLogType, loggingType],
  check: (resource, view) => {
    const wanted = groupsOf(resource, view).filter((name) => name !== "");
    if (wanted.length === 0) return undefined;
    const declared = view
      .ofType("aws:cloudwatch/logGroup:LogGroup")
      .map(({ outputs, inputs }) => text(inputs.name ?? outputs.name));
    return wanted
      .filter((name) => !declared.includes(name))
      .map(() => violation("no LogGroup has the name of the destination"));
  },
};

/** Names of the log groups that a resource writes to. */
function groupsOf({ type, inputs, ...stage }: Resource, view: View): string[] {
  if (type === flowLogType) return [groupOf(text(inputs.logDestination))];
  if (type === loggingType) return texts(inputs.logDestinationConfigs).map(groupOf);
  const access = groupOf(text(at(inputs, "accessLogSettings", "destinationArn")));
  if (type === httpStageType) return [access];
  const level = text(at(settingsOfAll({ type, inputs, ...stage }, view)?.inputs, "settings", "loggingLevel"));
  // API Gateway chooses this name.
  const execution = ["ERROR", "INFO"].includes(level)
    ? `API-Gateway-Execution-Logs_${text(inputs.restApi)}/${text(inputs.stageName)}`
    : "";
  return [access, execution];
}

/** Name of the log group in an ARN; empty for other destinations, such as S3. */
function groupOf(arn: string): string {
  return arn.split(":log-group:")[1]?.replace(/:.*/, "") ?? "";
}
