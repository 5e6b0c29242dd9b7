// `service:*` also grants the actions that the service adds in future.

import type { Rule } from "../../queries/rule";
import { violation } from "../../queries/rule";
import { identityStatements, identityTypes } from "../../queries/statements";

export const rolePolicyNamesActions: Rule = {
  name: "role-policy-names-actions",
  description: "A role's policies list actions: no `*`, no `service:*`, no NotAction.",
  severity: "high",
  controls: ["IAM.1", "IAM.21"],
  types: identityTypes,
  check: (resource) =>
    identityStatements(resource)
      .filter(({ allows }) => allows)
      .flatMap(({ actions, exceptActions }) => [
        ...(exceptActions ? [violation("NotAction allows every other action", "NotAction")] : []),
        // A wildcard with less than a verb before it (unlike `s3:Get*`) is nearly as wide as the service.
        ...actions
          .filter((action) => /^[^:]*\*|:[^:]{0,2}\*|:.*\*.*\*/.test(action) || !action.includes(":"))
          .map((action) => violation("an action is a wildcard", action)),
      ]),
};
