// IAM policies alone let every administrator of the account read a secret, and whoever may widen a role; the secret's own
// policy stops them. It must deny, since what it merely does not allow, an IAM policy may.

import type { Resource } from "../../../graph/resource";
import { exceptsRoles } from "../../queries/conditions";
import { text } from "../../queries/read";
import { secretType } from "./rotations";
import { type Rule, unmet } from "../../queries/rule";
import { resourceStatements, type Statement } from "../../queries/statements";
import type { View } from "../../queries/view";

const reading = /^(\*|secretsmanager:(\*|GetSecretValue))$/i;

export const secretIsReadByNamedRoles: Rule = {
  name: "secret-is-read-by-named-roles",
  description: "A secret has a resource policy that denies its value to all but named roles of this account.",
  severity: "high",
  controls: ["OWN.SecretReaders"],
  types: [secretType],
  check: (secret, view) => {
    const own = resourceStatements(secret);
    const policies = view
      .pointingAt(secret, "aws:secretsmanager/secretPolicy:SecretPolicy", "secretArn")
      .map((policy) => resourceStatements(policy));
    // Any of several policies may be the one that is put in last, and stays.
    const all = own.length === 0 ? policies : [own, ...policies];
    return unmet({
      "no policy denies secretsmanager:GetSecretValue to all but named roles of this account":
        all.length > 0 && all.every((statements) => statements.some((one) => closes(one, secret, view))),
    });
  },
};

function closes(statement: Statement, { outputs }: Resource, view: View): boolean {
  const { allows, principals, exceptPrincipals, actions, exceptActions, resources, exceptResources } = statement;
  return (
    !(allows || exceptPrincipals || exceptActions || exceptResources) &&
    principals.includes("*") &&
    actions.some((name) => reading.test(name)) &&
    resources.some((name) => name === "*" || name === text(outputs.arn)) &&
    exceptsRoles(statement, view)
  );
}
