// Owners, editors and KMS administrators can destroy a key or grant it to others; encrypting and
// decrypting needs none of these roles.

import { text } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

export const cloudKeyRolesAreNarrow: Rule = {
  name: "cloud-key-roles-are-narrow",
  description: "Members of a Google Cloud KMS key get roles of use, not of administration.",
  severity: "medium",
  controls: ["GCP.KMS.public"],
  types: [
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding",
    "gcp:kms/keyRingIAMMember:KeyRingIAMMember",
    "gcp:kms/keyRingIAMBinding:KeyRingIAMBinding",
  ],
  check: ({ inputs }) =>
    /^roles\/(owner|editor|cloudkms\.admin)$/.test(text(inputs.role))
      ? [violation("the role is one of administration")]
      : [],
};
