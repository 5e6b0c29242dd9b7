// Whoever may change a role or its policies, or start something with a stronger role, has the rights of that role.

import { narrowingKeys } from "../../queries/conditions";
import { violation, type Rule } from "../../queries/rule";
import { identityStatements, identityTypes, type Statement } from "../../queries/statements";

export const rolePolicyGivesNoRights: Rule = {
  name: "role-policy-gives-no-rights",
  description:
    "A role's policies change nothing in IAM, pass only named roles to named services, and assume only named roles.",
  severity: "high",
  controls: ["IAM.1"],
  types: identityTypes,
  check: (resource, view) =>
    identityStatements(resource)
      .filter(({ allows }) => allows)
      .flatMap((statement) => {
        const { actions, exceptActions } = statement;
        if (exceptActions) return [violation("NotAction allows changes of IAM", "NotAction")];
        const toServices = () => narrowingKeys(statement, view).includes("iam:passedtoservice");
        return actions.flatMap((action) => {
          // A wildcard in a verb is read as the worst that it covers.
          if (/^iam:passrole$/i.test(action))
            return namesRoles(statement) && toServices() ? [] : [violation("a role is passed to whomever", action)];
          if (/^(\*|iam:(?!get|list))/i.test(action)) return [violation("IAM may be changed", action)];
          if (/^sts:(?!get|decode)/i.test(action) && !namesRoles(statement))
            return [violation("roles that are not named may be assumed", action)];
          return [];
        });
      }),
};

function namesRoles({ resources, exceptResources }: Statement): boolean {
  return !exceptResources && resources.length > 0 && !resources.some((arn) => /[*?$]/.test(arn));
}
