// Stack outputs are printed by every `pulumi up` and can be read by other stacks.

import { credentialsOf, looksSecret } from "../../queries/credentials";
import { violation, type Rule } from "../../queries/rule";
import { stackType } from "../../queries/view";

export const outputsHoldNoSecret: Rule = {
  name: "outputs-hold-no-secret",
  description: "A stack's outputs hold what a client needs to find the API, never a key, a secret or a token.",
  severity: "high",
  controls: ["OWN.LambdaEnvSecret", "API8"],
  types: [stackType],
  check: ({ outputs }, view) => {
    if (Object.keys(outputs).length === 0) return undefined;
    const known = [...credentialsOf(view)];
    return Object.keys(outputs)
      .filter((name) =>
        textsWithin(outputs[name]).some(
          (value) => looksSecret(name, value) || known.some((one) => value.includes(one)),
        ),
      )
      .map((name) => violation("an output looks like a credential", name));
  },
};

function textsWithin(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(textsWithin) : [];
}
