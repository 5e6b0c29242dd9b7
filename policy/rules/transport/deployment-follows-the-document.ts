// A REST API serves its last deployment: a changed authorizer has no effect until it is deployed.

import { record, text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";

export const deploymentFollowsTheDocument: Rule = {
  name: "deployment-follows-the-document",
  description: "A REST API's deployment is replaced when its document changes.",
  severity: "high",
  controls: ["API9"],
  types: ["aws:apigateway/deployment:Deployment"],
  check: ({ inputs }) =>
    unmet({ "triggers is empty": Object.values(record(inputs.triggers)).some((trigger) => text(trigger) !== "") }),
};
