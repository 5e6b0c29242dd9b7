// A role that may do something everywhere makes every resource of the account part of this one's risk.

import type { Rule } from "../rule";
import { flaw } from "../rule";
import { identityStatements, identityTypes } from "../statements";

/** Services whose ARNs begin with a name of ours, not with a kind of resource. */
const named = ["s3", "execute-api", "sqs", "sns"];

export const rolePolicyNamesResources: Rule = {
  name: "role-policy-names-resources",
  says: "A role's policies name resources: no `*`, not every resource of a type, no NotResource.",
  types: identityTypes,
  check: (resource) =>
    identityStatements(resource)
      .filter(({ allows }) => allows)
      .flatMap(({ actions, resources, exceptResources }) =>
        exceptResources || resources.length === 0 || resources.some(isWide)
          ? actions.map((action) => flaw("an action is allowed on every resource", action))
          : [],
      ),
};

/** Whether an ARN names everything, or everything of a kind. */
function isWide(arn: string): boolean {
  const [, , service = "", , , ...rest] = arn.split(":");
  const name = rest.join(":");
  if (!arn.startsWith("arn:") || name === "" || /^[*?]/.test(name) || /[*?]/.test(service)) return true;
  return !named.includes(service) && /^[\w-]+[:/][*?]/.test(name);
}
