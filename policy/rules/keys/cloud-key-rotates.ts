// CIS Google Cloud 1.10: the more often a key rotates, the less data a single key version can decrypt.

import { amount, text } from "../../queries/read";
import { unmet, type Rule } from "../../queries/rule";

/** 90 days in seconds. */
const longest = 7_776_000;

export const cloudKeyRotates: Rule = {
  name: "cloud-key-rotates",
  description: "A Google Cloud KMS key is rotated within 90 days.",
  severity: "medium",
  controls: ["GCP.KMS.rotation"],
  types: ["gcp:kms/cryptoKey:CryptoKey"],
  check: ({ inputs }) => {
    // Google Cloud KMS rotates symmetric encryption keys only, not asymmetric or MAC keys.
    if (!["", "ENCRYPT_DECRYPT"].includes(text(inputs.purpose))) return undefined;
    const period = text(inputs.rotationPeriod);
    return unmet({
      "rotationPeriod is not set in seconds": /^\d+(\.\d+)?s$/.test(period),
      "rotationPeriod is over 7776000s": !(amount(period.replace(/s$/, "")) > longest),
    });
  },
};
