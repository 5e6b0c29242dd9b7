// Destroying a key's versions destroys what they encrypted. A ring needs no protection: Google deletes none.

import { unmet, type Rule } from "../rule";

export const cloudKeyIsKept: Rule = {
  name: "cloud-key-is-kept",
  says: "A Google Cloud KMS key is protected from destruction.",
  types: ["gcp:kms/cryptoKey:CryptoKey"],
  check: ({ protect }) => unmet({ "protect is not set": protect }),
};
