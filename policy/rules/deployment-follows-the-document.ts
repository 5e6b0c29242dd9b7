// A REST API answers as it was last deployed: a changed authorizer that was never deployed protects nothing.

import { record, text } from "../read";
import { type Rule, unmet } from "../rule";

export const deploymentFollowsTheDocument: Rule = {
  name: "deployment-follows-the-document",
  says: "A REST API's deployment is replaced when its document changes.",
  types: ["aws:apigateway/deployment:Deployment"],
  check: ({ inputs }) =>
    unmet({ "triggers is empty": Object.values(record(inputs.triggers)).some((trigger) => text(trigger) !== "") }),
};
