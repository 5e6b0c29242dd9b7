// Only the execution log shows why API Gateway refused a call.

import { restStageType } from "../../../graph/openapi";
import { at, text } from "../../queries/read";
import { violation, type Rule, unmet } from "../../queries/rule";
import { settingsOfAll } from "../../queries/stages";

export const stageLogsExecution: Rule = {
  name: "stage-logs-execution",
  description: "A REST stage logs execution errors and has metrics, for every route.",
  severity: "medium",
  controls: ["APIGateway.1"],
  types: [restStageType],
  check: (stage, view) => {
    const settings = settingsOfAll(stage, view);
    if (settings === undefined) return [violation("the stage has no MethodSettings for */*")];
    const read = (key: string) => at(settings.inputs, "settings", key);
    return unmet({
      "loggingLevel is neither ERROR nor INFO": ["ERROR", "INFO"].includes(text(read("loggingLevel"))),
      "metricsEnabled is not true": read("metricsEnabled") === true,
    });
  },
};
