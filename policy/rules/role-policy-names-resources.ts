// A role that may act on every resource extends the damage of its compromise to the whole account.

import type { Rule } from "../rule";
import { flaw } from "../rule";
import { identityStatements, identityTypes } from "../statements";

/** Services in whose ARNs the resource part starts with a name instead of a resource type. */
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

/** Whether an ARN covers all resources, or all of a type. */
function isWide(arn: string): boolean {
  const [, , service = "", , , ...rest] = arn.split(":");
  const name = rest.join(":");
  if (!arn.startsWith("arn:") || name === "" || /^[*?]/.test(name) || /[*?]/.test(service)) return true;
  return !named.includes(service) && /^[\w-]+[:/][*?]/.test(name);
}
