// API Gateway writes the execution logs of a whole account and region by one role, which the account names.

import { text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { trustStatements } from "../../queries/statements";

export const logRoleCanBeAssumed: Rule = {
  name: "log-role-can-be-assumed",
  description: "API Gateway's account settings name a role of this program that API Gateway may assume.",
  severity: "low",
  controls: ["APIGateway.1"],
  types: ["aws:apigateway/account:Account"],
  check: (account, view) => {
    const role = view.ofType("aws:iam/role:Role").find((one) => view.points(account, "cloudwatchRoleArn", one));
    return unmet({
      "cloudwatchRoleArn is not set": text(account.inputs.cloudwatchRoleArn) !== "",
      "cloudwatchRoleArn is a role that API Gateway cannot assume":
        role === undefined ||
        trustStatements(role).some(({ principals }) => principals.includes("Service:apigateway.amazonaws.com")),
    });
  },
};
