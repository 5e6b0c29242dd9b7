// Owners, editors and KMS administrators can destroy a key or grant it to others; encrypting and
// decrypting needs none of these roles.

import { text } from "../../queries/read";
import { flaw, type Rule } from "../../queries/rule";

export const cloudKeyRolesAreNarrow: Rule = {
  name: "cloud-key-roles-are-narrow",
  says: "Members of a Google Cloud KMS key get roles of use, not of administration.",
  types: [
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding",
    "gcp:kms/keyRingIAMMember:KeyRingIAMMember",
    "gcp:kms/keyRingIAMBinding:KeyRingIAMBinding",
  ],
  check: ({ inputs }) =>
    /^roles\/(owner|editor|cloudkms\.admin)$/.test(text(inputs.role))
      ? [flaw("the role is one of administration")]
      : [],
};
