// Without a key policy of its own, a key is controlled by IAM policies alone, and no service can be bound to a source.

import { violation, type Rule } from "../../queries/rule";
import { resourceStatements } from "../../queries/statements";

export const keyHasItsOwnPolicy: Rule = {
  name: "key-has-its-own-policy",
  description: "A key has its own key policy, which says who may use it.",
  severity: "low",
  controls: ["KMS.5"],
  types: ["aws:kms/key:Key"],
  check: (key, view) => {
    const apart = view.pointingAt(key, "aws:kms/keyPolicy:KeyPolicy", "keyId").flatMap(resourceStatements);
    return [...resourceStatements(key), ...apart].length === 0 ? [violation("the key has no policy")] : [];
  },
};
