// Destroying a key's versions destroys what they encrypted; Google keeps the name, never the key.

import { unmet, type Rule } from "../rule";

export const cloudKeyIsKept: Rule = {
  name: "cloud-key-is-kept",
  says: "A Google Cloud KMS key ring and key are protected from destruction.",
  types: ["gcp:kms/cryptoKey:CryptoKey", "gcp:kms/keyRing:KeyRing"],
  check: ({ protect }) => unmet({ "protect is not set": protect }),
};
