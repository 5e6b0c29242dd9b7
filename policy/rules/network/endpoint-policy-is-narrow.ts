// A VPC endpoint without a policy carries everything to every account: stolen data leaves by the caller's own credentials.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html

import { isWide } from "../../queries/arns";
import { at } from "../../queries/read";
import { type Rule, violation, type Violation } from "../../queries/rule";
import { endpointStatements, endpointType, type Statement } from "../../queries/statements";
import type { View } from "../../queries/view";
import { narrowingKeys } from "../../queries/conditions";

export const endpointPolicyIsNarrow: Rule = {
  name: "endpoint-policy-is-narrow",
  description: "A VPC endpoint's policy lists actions and resources, and lets in only principals of this account.",
  severity: "medium",
  controls: ["OWN.EndpointPolicy", "API7"],
  types: [endpointType],
  check: (endpoint, view) => {
    const allowed = endpointStatements(endpoint).filter(({ allows }) => allows);
    if (allowed.length === 0) return [violation("policy is not set: the endpoint carries everything")];
    return allowed.flatMap((statement) => tooMuch(statement, view).map((what) => ({ ...what, about: statement.sid })));
  },
};

function tooMuch(statement: Statement, view: View): Violation[] {
  const { actions, exceptActions, resources, exceptResources, principals, conditions } = statement;
  // Metrics have no ARN: their namespace stands for one (action-has-its-condition).
  const metrics = actions.every((action) => action === "cloudwatch:PutMetricData");
  const named = !exceptResources && resources.length > 0 && !resources.some(isWide);
  const open = principals.some((name) => /[*?]/.test(name));
  const ours = narrowingKeys(statement, view).some((key) => /^aws:principal(account|arn)$/.test(key));
  return [
    ...(exceptActions || actions.some((action) => /[*?]/.test(action)) ? [violation("an action is a wildcard")] : []),
    ...(named || (metrics && at(conditions, "StringEquals", "cloudwatch:namespace") !== undefined)
      ? []
      : [violation("an action is allowed on resources that are not named")]),
    ...(open && !ours ? [violation("no condition limits the callers to this account (aws:PrincipalAccount)")] : []),
  ];
}
