// Short passwords can be guessed.

import { amount, at } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { servesPeople, userPoolType } from "./user-pools";

const classes = ["requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols"];

export const userPoolDemandsStrongPasswords: Rule = {
  name: "user-pool-demands-strong-passwords",
  description: "A user pool that people sign in to requires passwords of at least 12 characters from all classes.",
  severity: "medium",
  controls: ["OWN.CognitoPassword"],
  types: [userPoolType],
  check: (pool, view) => {
    const policy = pool.inputs.passwordPolicy;
    return servesPeople(pool, view)
      ? unmet({
          "passwordPolicy.minimumLength is under 12": amount(at(policy, "minimumLength")) >= 12,
          "passwordPolicy lacks a class of characters": classes.every((name) => at(policy, name) === true),
        })
      : undefined;
  },
};
