// Resource types of Certificate Manager (ACM).

import { arn, type ResourceTypes, text } from "./resource-type";

export const acm: ResourceTypes = {
  "aws:acm/certificate:Certificate": {
    outputs: ({ inputs, region, uuid, hex }) => {
      const domain = text(inputs.domainName);
      const certificateArn = arn("acm", region, `certificate/${uuid("id")}`);
      return {
        id: certificateArn,
        arn: certificateArn,
        status: "PENDING_VALIDATION",
        type: "AMAZON_ISSUED",
        keyAlgorithm: inputs.keyAlgorithm ?? "RSA_2048",
        renewalEligibility: "INELIGIBLE",
        subjectAlternativeNames: inputs.subjectAlternativeNames ?? [domain],
        domainValidationOptions: [
          {
            domainName: domain,
            resourceRecordName: `_${hex("proof name", 32)}.${domain}.`,
            resourceRecordType: "CNAME",
            resourceRecordValue: `_${hex("proof", 32)}.${hex("suffix", 10)}.acm-validations.aws.`,
          },
        ],
      };
    },
    replaceOnChanges: ["domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod"],
    reviewed: "opens nothing",
  },
  "aws:acm/certificateValidation:CertificateValidation": {
    outputs: ({ hex }) => {
      // The provider's id is the time at which the certificate was issued.
      const issued = new Date(Date.UTC(2026, 0, 1) + (Number.parseInt(hex("issued", 12), 16) % 31_536_000_000));
      return { id: `${issued.toISOString().slice(0, -1).replace("T", " ")} +0000 UTC` };
    },
    replaceOnChanges: ["certificateArn", "validationRecordFqdns"],
    reviewed: "opens nothing",
  },
};
