// AWS's own key opens a secret for whoever may read it in this account, and for no other account's audit.

import { text } from "../read";
import { secretType } from "../rotations";
import { type Rule, unmet } from "../rule";

export const secretIsEncryptedByOurKey: Rule = {
  name: "secret-is-encrypted-by-our-key",
  says: "A secret is encrypted with a customer-managed key.",
  types: [secretType],
  check: ({ inputs }) =>
    unmet({
      "kmsKeyId is not a key of ours": text(inputs.kmsKeyId) !== "" && !/alias\/aws\//.test(text(inputs.kmsKeyId)),
    }),
};
