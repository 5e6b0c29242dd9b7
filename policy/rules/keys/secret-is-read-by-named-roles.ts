// IAM policies alone let every administrator of the account read a secret, and whoever may widen a role; the secret's own
// policy stops them. It must deny, since what it merely does not allow, an IAM policy may.

import type { Resource } from "../../../graph/resource";
import { foreignAccount } from "../../queries/arns";
import { record, text, texts } from "../../queries/read";
import { secretType } from "./rotations";
import { type Rule, unmet } from "../../queries/rule";
import { resourceStatements, type Statement } from "../../queries/statements";
import type { View } from "../../queries/view";

const reading = /^(\*|secretsmanager:(\*|GetSecretValue))$/i;
/** A role's ARN without wildcards and variables. */
const role = /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;

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

/** Whether the only condition is that the caller is none of these roles, or there is none: then nobody may read. */
function exceptsRoles({ conditions }: Statement, view: View): boolean {
  const tests = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(record(keys)).map(([key, values]) => ({ operator, key, names: texts(values) })),
  );
  if (tests.length !== 1) return Object.keys(conditions).length === 0;
  const { operator, key, names } = tests[0]!;
  return (
    /^(ArnNotEquals|ArnNotLike|StringNotEquals)$/.test(operator) &&
    key.toLowerCase() === "aws:principalarn" &&
    // A condition on an empty list never matches.
    names.length > 0 &&
    names.every((name) => role.test(name) && foreignAccount(name, view) === undefined)
  );
}
