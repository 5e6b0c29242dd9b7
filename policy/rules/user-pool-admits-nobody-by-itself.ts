// Who can sign up by himself has a token that is as good as any other.

import { at } from "../read";
import { type Rule, unmet } from "../rule";
import { userPoolType } from "../user-pools";

export const userPoolAdmitsNobodyByItself: Rule = {
  name: "user-pool-admits-nobody-by-itself",
  says: "Nobody signs up to a user pool by himself, and the pool cannot be deleted by mistake.",
  types: [userPoolType],
  check: ({ inputs }) =>
    unmet({
      "allowAdminCreateUserOnly is not true": at(inputs, "adminCreateUserConfig", "allowAdminCreateUserOnly") === true,
      "deletionProtection is not ACTIVE": inputs.deletionProtection === "ACTIVE",
    }),
};
