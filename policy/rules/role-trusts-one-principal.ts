// If two services or accounts can assume a role, each gets the permissions that are meant for the other.

import { foreignAccount } from "../accounts";
import { flaw, type Rule } from "../rule";
import { conditionKeys, trustStatements } from "../statements";

/** Condition keys that limit a trust to this account or to a named caller. */
const binding = ["aws:sourceaccount", "aws:sourcearn", "aws:principalorgid", "sts:externalid", "aws:principalarn"];

export const roleTrustsOnePrincipal: Rule = {
  name: "role-trusts-one-principal",
  says: "A role can be assumed by one service or one named principal of this account; by an external identity token only under conditions on its subject.",
  types: ["aws:iam/role:Role"],
  check: (resource, view) => {
    const trusts = trustStatements(resource).filter(({ allows }) => allows);
    const principals = new Set(trusts.flatMap((trust) => trust.principals));
    const flaws = [
      ...(principals.size === 1 ? [] : [flaw("not exactly one principal may take the role")]),
      ...(trusts.some(({ exceptPrincipals }) => exceptPrincipals)
        ? [flaw("NotPrincipal lets everybody else take it")]
        : []),
      ...[...principals].filter((name) => name.includes("*")).map((name) => flaw("a principal is a wildcard", name)),
      ...trusts
        .filter(({ principals: [name = ""] }) => name.startsWith("Federated:"))
        .filter((trust) => !conditionKeys(trust).some((key) => /:(sub|aud|amr)$/.test(key)))
        .map(() => flaw("a foreign token is not bound to a subject")),
      // SageMaker and EventBridge act on behalf of their callers: without such a condition, also of other accounts.
      ...trusts
        .filter(({ principals: names }) => names.some((name) => /^Service:(sagemaker|events|scheduler)\./.test(name)))
        .filter((trust) => !conditionKeys(trust).some((key) => binding.includes(key)))
        .map(() => flaw("a service that acts for others is not bound to this account")),
    ];
    if (flaws.length > 0) return flaws;
    return [...principals]
      .flatMap((name) => foreignAccount(name, view) ?? [])
      .map((account) => flaw("a foreign account may take it", account));
  },
};
