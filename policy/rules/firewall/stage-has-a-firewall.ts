// A firewall drops floods and known attacks before they cause cost. HTTP APIs do not support one.

import { restStageType } from "../../../graph/openapi";
import { type Rule, unmet } from "../../queries/rule";

export const stageHasAFirewall: Rule = {
  name: "stage-has-a-firewall",
  description: "A REST stage stands behind a web ACL.",
  severity: "medium",
  controls: ["APIGateway.4"],
  types: [restStageType],
  check: (stage, view) =>
    unmet({
      "no WebAclAssociation names the stage":
        view.pointingAt(stage, "aws:wafv2/webAclAssociation:WebAclAssociation", "resourceArn").length > 0,
    }),
};
