// Without a key policy of its own, a key is controlled by IAM policies alone, and no service can be bound to a source.

import { type Rule, unmet } from "../../queries/rule";
import { resourceStatements } from "../../queries/statements";

export const keyHasItsOwnPolicy: Rule = {
  name: "key-has-its-own-policy",
  description: "A key has its own key policy, which says who may use it.",
  severity: "low",
  controls: ["KMS.5"],
  types: ["aws:kms/key:Key"],
  check: (key, view) => {
    const apart = view.pointingAt(key, "aws:kms/keyPolicy:KeyPolicy", "keyId").flatMap(resourceStatements);
    return unmet({
      "the key has no policy": resourceStatements(key).length + apart.length > 0,
      // KMS refuses a policy that would leave nobody who can change it, unless it is told not to check.
      "bypassPolicyLockoutSafetyCheck is true": key.inputs.bypassPolicyLockoutSafetyCheck !== true,
    });
  },
};
