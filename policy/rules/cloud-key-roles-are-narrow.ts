// Owner, editor and KMS admin may destroy a key or hand it on; encrypting and decrypting needs neither.

import { text } from "../read";
import { flaw, type Rule } from "../rule";

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
