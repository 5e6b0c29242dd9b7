// A role that may act on every resource extends the damage of its compromise to the whole account.

import { isWide } from "../../queries/arns";
import { narrowingKeys } from "../../queries/conditions";
import { violation, type Rule } from "../../queries/rule";
import { identityStatements, identityTypes } from "../../queries/statements";

export const rolePolicyNamesResources: Rule = {
  name: "role-policy-names-resources",
  description:
    "A role's policies name resources: a wildcard comes after a whole name, or a condition demands a tag; no `*`, no NotResource.",
  severity: "high",
  controls: ["IAM.1", "API1"],
  types: identityTypes,
  check: (resource, view) =>
    identityStatements(resource)
      .filter(({ allows }) => allows)
      .flatMap((statement) => {
        const { actions, resources, exceptResources } = statement;
        const wide = resources.filter(isWide);
        const isTagged = () => narrowingKeys(statement, view).some((key) => /^aws:re(source|quest)tag\//.test(key));
        const isNamed = !exceptResources && resources.length > 0;
        // A tag may stand for a name, but not for the service.
        return isNamed && (wide.length === 0 || (wide.every((arn) => /^arn:[\w-]+:[\w-]+:/.test(arn)) && isTagged()))
          ? []
          : actions.map((action) => violation("an action is allowed on resources that are not named", action));
      }),
};
