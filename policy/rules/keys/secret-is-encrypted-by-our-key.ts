// AWS's own key decrypts for anyone in the account who may read the secret; a customer-managed key has a key policy.

import { text } from "../../queries/read";
import { secretType } from "./rotations";
import { type Rule, unmet } from "../../queries/rule";

export const secretIsEncryptedByOurKey: Rule = {
  name: "secret-is-encrypted-by-our-key",
  description: "A secret is encrypted with a customer-managed key.",
  severity: "medium",
  controls: ["OWN.SecretCmk"],
  types: [secretType],
  check: ({ inputs }) =>
    unmet({
      "kmsKeyId is not a key of ours": text(inputs.kmsKeyId) !== "" && !/alias\/aws\//.test(text(inputs.kmsKeyId)),
    }),
};
