// Without a key policy of its own, a key is controlled by IAM policies alone, and no service can be bound to a source.

import { flaw, type Rule } from "../../queries/rule";
import { resourceStatements } from "../../queries/statements";

export const keyHasItsOwnPolicy: Rule = {
  name: "key-has-its-own-policy",
  says: "A key has its own key policy, which says who may use it.",
  types: ["aws:kms/key:Key"],
  check: (key, view) => {
    const apart = view.pointingAt(key, "aws:kms/keyPolicy:KeyPolicy", "keyId").flatMap(resourceStatements);
    return [...resourceStatements(key), ...apart].length === 0 ? [flaw("the key has no policy")] : [];
  },
};
