// Data tracing writes whole requests to the log: headers, credentials and tensors.

import { httpStageType, restStageType } from "../../../graph/openapi";
import { at } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { methodSettings } from "../../queries/stages";

export const stageLogsNoBodies: Rule = {
  name: "stage-logs-no-bodies",
  description: "No stage writes whole requests or responses to its log.",
  severity: "high",
  controls: ["OWN.DataTrace", "API8"],
  types: [restStageType, httpStageType],
  check: (stage, view) =>
    unmet({
      "dataTraceEnabled is true": ![
        ...methodSettings(stage, view).map(({ inputs }) => at(inputs, "settings", "dataTraceEnabled")),
        at(stage.inputs, "defaultRouteSettings", "dataTraceEnabled"),
      ].includes(true),
    }),
};
