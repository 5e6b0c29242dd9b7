// Whoever may decrypt with every key can read all encrypted data that other permissions let them reach.

import { violation, type Rule } from "../../queries/rule";
import { identityStatements, identityTypes } from "../../queries/statements";

const decrypts = /^(\*|kms:(\*|d.*\*|decrypt|re.*\*|reencryptfrom))$/i;

export const decryptionNamesItsKeys: Rule = {
  name: "decryption-names-its-keys",
  description: "A role may decrypt only with named keys, never with every key.",
  severity: "medium",
  controls: ["KMS.1", "KMS.2"],
  types: identityTypes,
  check: (resource) =>
    identityStatements(resource)
      .filter(
        ({ allows, actions, exceptActions }) =>
          allows && (exceptActions || actions.some((name) => decrypts.test(name))),
      )
      .flatMap(({ resources, exceptResources }) =>
        exceptResources || resources.some((name) => !/:(key\/[0-9a-f][\w-]*|alias\/[\w/-]+)$/i.test(name))
          ? [violation("decryption is allowed with a key that is not named")]
          : [],
      ),
};
