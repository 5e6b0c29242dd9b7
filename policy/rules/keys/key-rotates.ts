// Rotation limits how much data a single version of the key material can decrypt.

import { amount, text } from "../../queries/read";
import { unmet, type Rule } from "../../queries/rule";

export const keyRotates: Rule = {
  name: "key-rotates",
  description: "A customer-managed key is rotated, at least yearly.",
  severity: "medium",
  controls: ["KMS.4"],
  types: ["aws:kms/key:Key"],
  check: ({ inputs }) => {
    // KMS rotates symmetric encryption keys only.
    if (!["", "SYMMETRIC_DEFAULT"].includes(text(inputs.customerMasterKeySpec))) return undefined;
    const days = inputs.rotationPeriodInDays === undefined ? 365 : amount(inputs.rotationPeriodInDays);
    return unmet({
      "enableKeyRotation is not true": inputs.enableKeyRotation === true,
      "rotationPeriodInDays is over 365": days <= 365 || days === 0,
      "isEnabled is false": inputs.isEnabled !== false,
    });
  },
};
