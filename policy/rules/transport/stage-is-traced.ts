// Tracing starts at the gateway, so that a trace covers the whole call.

import { restStageType } from "../../../graph/openapi";
import { type Rule, unmet } from "../../queries/rule";

export const stageIsTraced: Rule = {
  name: "stage-is-traced",
  description: "A REST stage sends traces to X-Ray.",
  severity: "low",
  controls: ["APIGateway.3"],
  types: [restStageType],
  check: ({ inputs }) => unmet({ "xrayTracingEnabled is not true": inputs.xrayTracingEnabled === true }),
};
