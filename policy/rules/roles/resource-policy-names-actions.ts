// What a resource policy allows counts as much as whom: a service that may do everything with a key, a topic or a bucket can hand it on
// or delete it.

import { isWholeAccount } from "../../queries/arns";
import { violation, type Rule } from "../../queries/rule";
import { resourcePolicyTypes, resourceStatements, type Statement } from "../../queries/statements";

export const resourcePolicyNamesActions: Rule = {
  name: "resource-policy-names-actions",
  description:
    "A resource policy lists the actions that it allows; only the account itself may do everything with its key.",
  severity: "high",
  controls: ["OWN.PolicyActions"],
  types: resourcePolicyTypes,
  check: (resource) => {
    const allowed = resourceStatements(resource).filter(({ allows }) => allows);
    if (allowed.length === 0) return undefined;
    return allowed.flatMap((statement) => wideActions(statement));
  },
};

/** Violations of an Allow whose actions are not listed. */
export function wideActions({ actions, exceptActions, principals }: Statement) {
  // A key that its account does not administer cannot be administered at all.
  const byTheAccount = principals.every((name) => name.startsWith("AWS:") && isWholeAccount(name.slice("AWS:".length)));
  return [
    ...(exceptActions ? [violation("NotAction allows every other action", "NotAction")] : []),
    ...actions
      .filter((action) => /^[^:]*\*|:[^:]{0,2}\*|:.*\*.*\*/.test(action) && !(action === "kms:*" && byTheAccount))
      .map((action) => violation("an action is a wildcard", action)),
  ];
}
