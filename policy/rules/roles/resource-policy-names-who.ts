// The policy on a key, bucket, secret, queue or API decides who may use it: only named principals should be allowed.

import { foreignAccount } from "../../queries/arns";
import { narrowingKeys } from "../../queries/conditions";
import { violation, type Rule } from "../../queries/rule";
import { resourcePolicyTypes, resourceStatements } from "../../queries/statements";

/** Condition keys that limit a statement to named callers, networks or sources. */
const who = /^(aws:source(owner|account|arn|ip|vpce?)|aws:principal(account|arn)|kms:calleraccount)$/;

/** CORS preflight, which browsers send without credentials; no function is behind it (rule `route-requires-authorization`). */
const preflight = /^execute-api:\/[\w-]+\/OPTIONS\/\*$/;

export const resourcePolicyNamesWho: Rule = {
  name: "resource-policy-names-who",
  description:
    "A resource policy allows only named principals of this account; it allows everybody only under a condition that names who.",
  severity: "critical",
  controls: ["KMS.5", "S3.6", "S3.2"],
  types: resourcePolicyTypes,
  check: (resource, view) => {
    const statements = resourceStatements(resource);
    if (statements.length === 0) return undefined;
    return statements
      .filter(({ allows }) => allows)
      .flatMap((statement) => {
        const { resources, exceptResources } = statement;
        const isPreflight = !exceptResources && resources.length > 0 && resources.every((each) => preflight.test(each));
        const isNarrow = () => isPreflight || narrowingKeys(statement, view).some((key) => who.test(key));
        const violations = statement.exceptPrincipals ? [violation("NotPrincipal lets everybody else in")] : [];
        for (const name of statement.principals) {
          if (name.startsWith("Service:") || name.startsWith("Federated:")) continue;
          if (/[*?]/.test(name)) {
            if (!isNarrow()) violations.push(violation("everybody is let in", statement.sid));
          } else {
            const account = foreignAccount(name, view);
            if (account !== undefined) violations.push(violation("a foreign account is let in", account));
          }
        }
        return violations;
      });
  },
};
