// CIS Google Cloud 1.10: the shorter a key lives, the less one of its versions opens.

import { amount, text } from "../read";
import { unmet, type Rule } from "../rule";

/** Ninety days. */
const longest = 7_776_000;

export const cloudKeyRotates: Rule = {
  name: "cloud-key-rotates",
  says: "A Google Cloud KMS key is rotated within 90 days.",
  types: ["gcp:kms/cryptoKey:CryptoKey"],
  check: ({ inputs }) => {
    // Asymmetric keys and MAC keys know no automatic rotation.
    if (!["", "ENCRYPT_DECRYPT"].includes(text(inputs.purpose))) return undefined;
    const period = text(inputs.rotationPeriod);
    return unmet({
      "rotationPeriod is not set in seconds": /^\d+(\.\d+)?s$/.test(period),
      "rotationPeriod is over 7776000s": !(amount(period.replace(/s$/, "")) > longest),
    });
  },
};
