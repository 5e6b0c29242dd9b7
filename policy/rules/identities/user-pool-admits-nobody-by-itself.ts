// A user who signed up without approval gets a token like any other.

import { at } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { userPoolType } from "./user-pools";

export const userPoolAdmitsNobodyByItself: Rule = {
  name: "user-pool-admits-nobody-by-itself",
  description: "A user pool allows no self sign-up, and cannot be deleted by mistake.",
  severity: "medium",
  controls: ["OWN.CognitoAdminOnly"],
  types: [userPoolType],
  check: ({ inputs }) =>
    unmet({
      "allowAdminCreateUserOnly is not true": at(inputs, "adminCreateUserConfig", "allowAdminCreateUserOnly") === true,
      "deletionProtection is not ACTIVE": inputs.deletionProtection === "ACTIVE",
    }),
};
