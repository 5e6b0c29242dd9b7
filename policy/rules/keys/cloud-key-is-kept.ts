// Destroying a key's versions makes everything they encrypted unreadable. Key rings cannot be deleted.

import { unmet, type Rule } from "../../queries/rule";

export const cloudKeyIsKept: Rule = {
  name: "cloud-key-is-kept",
  description: "A Google Cloud KMS key is protected from destruction.",
  severity: "low",
  controls: ["GCP.KMS.protect"],
  types: ["gcp:kms/cryptoKey:CryptoKey"],
  check: ({ protect, inputs }) =>
    unmet({ "protect is not set": protect, "deletionPolicy is not PREVENT": inputs.deletionPolicy === "PREVENT" }),
};
