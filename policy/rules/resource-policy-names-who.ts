// A policy on a key, bucket, secret, queue or API is the lock itself: who is not named there stays out.

import type { Rule } from "../rule";
import { flaw } from "../rule";
import { conditionKeys, resourcePolicyTypes, resourceStatements } from "../statements";
import { foreignAccount } from "../accounts";

/** Conditions that leave only callers, networks or sources that somebody named. */
const narrowing = [
  // SNS's own name for the account, in the policy that it gives every topic.
  "aws:sourceowner",
  ...["aws:sourceaccount", "aws:sourcearn", "aws:principalaccount", "aws:principalarn", "aws:principalorgid"],
  ...["aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce", "kms:calleraccount"],
];

/** What browsers ask without credentials; no function stands behind it (rule `route-asks-who-calls`). */
const preflight = /^execute-api:\/[\w-]+\/OPTIONS\/\*$/;

export const resourcePolicyNamesWho: Rule = {
  name: "resource-policy-names-who",
  says: "A resource policy allows only named principals of this account; it allows everybody only under a condition that names who.",
  types: resourcePolicyTypes,
  check: (resource, view) => {
    const statements = resourceStatements(resource);
    if (statements.length === 0) return undefined;
    return statements
      .filter(({ allows }) => allows)
      .flatMap((statement) => {
        const { resources, exceptResources } = statement;
        const isPreflight = !exceptResources && resources.length > 0 && resources.every((each) => preflight.test(each));
        const isNarrow = isPreflight || conditionKeys(statement).some((key) => narrowing.includes(key));
        const flaws = statement.exceptPrincipals ? [flaw("NotPrincipal lets everybody else in")] : [];
        for (const name of statement.principals) {
          if (name.startsWith("Service:") || name.startsWith("Federated:")) continue;
          if (/[*?]/.test(name)) {
            if (!isNarrow) flaws.push(flaw("everybody is let in", statement.sid));
          } else {
            const account = foreignAccount(name, view);
            if (account !== undefined) flaws.push(flaw("a foreign account is let in", account));
          }
        }
        return flaws;
      });
  },
};
