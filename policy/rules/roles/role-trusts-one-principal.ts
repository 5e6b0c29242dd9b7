// If two services or accounts can assume a role, each gets the permissions that are meant for the other.

import { foreignAccount, isWholeAccount } from "../../queries/arns";
import { narrowingKeys } from "../../queries/conditions";
import { violation, type Rule } from "../../queries/rule";
import { type Statement, trustStatements } from "../../queries/statements";
import type { View } from "../../queries/view";

/** What a principal does that assumes a role, with tags or a source identity or without. */
const assuming = /^sts:(AssumeRole(WithWebIdentity|WithSAML)?|TagSession|SetSourceIdentity)$/;

export const roleTrustsOnePrincipal: Rule = {
  name: "role-trusts-one-principal",
  description:
    "A role can be assumed by one service or one named principal of this account, not by the account as a whole; by an external identity token only under a condition on its subject.",
  severity: "high",
  controls: ["IAM.1"],
  types: ["aws:iam/role:Role"],
  check: (resource, view) => {
    const trusts = trustStatements(resource).filter(({ allows }) => allows);
    const principals = new Set(trusts.flatMap((trust) => trust.principals));
    const violations = [
      ...(principals.size === 1 ? [] : [violation("not exactly one principal may take the role")]),
      ...(trusts.some(({ exceptPrincipals }) => exceptPrincipals)
        ? [violation("NotPrincipal lets everybody else take it")]
        : []),
      ...trusts
        .flatMap((trust) => (trust.exceptActions ? ["NotAction"] : trust.actions))
        .filter((action) => !assuming.test(action))
        .map((action) => violation("it allows more than to assume the role", action)),
      ...[...principals]
        .filter((name) => name.includes("*"))
        .map((name) => violation("a principal is a wildcard", name)),
      ...trusts
        .flatMap((trust) => trust.principals.map((name) => ({ name, what: unbound(name, trust, view) })))
        .flatMap(({ name, what }) => (what === undefined ? [] : [violation(what, name)])),
    ];
    if (violations.length > 0) return violations;
    return [...principals]
      .flatMap((name) => foreignAccount(name, view) ?? [])
      .map((account) => violation("a foreign account may take it", account));
  },
};

/** What is wrong with the trust in a principal that stands for many, if no condition says whom; else `undefined`. */
function unbound(principal: string, trust: Statement, view: View): string | undefined {
  const isBound = (by: RegExp) => narrowingKeys(trust, view).some((key) => by.test(key));
  if (principal.startsWith("Federated:")) {
    // Tokens of an identity pool name a user, whom nobody knows beforehand: there the pool and its users will do.
    const isPool = principal === "Federated:cognito-identity.amazonaws.com" && isBound(/:aud$/) && isBound(/:amr$/);
    return isBound(/:sub$/) || isPool ? undefined : "a foreign token is not bound to a subject";
  }
  // The account's root stands for every principal of the account that may assume roles.
  if (principal.startsWith("AWS:") && isWholeAccount(principal.slice("AWS:".length)))
    return isBound(/^aws:principalarn$/) ? undefined : "every principal of an account may take it";
  // These services act on behalf of their callers: without such a condition, also of other accounts.
  if (/^Service:(sagemaker|events|scheduler|vpc-flow-logs|apigateway)\./.test(principal))
    return isBound(/^aws:source(account|arn)$/)
      ? undefined
      : "a service that acts for others is not bound to this account";
  return undefined;
}
