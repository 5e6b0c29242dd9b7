// Resource types of KMS.

import { arn, type ResourceTypes, text } from "./resource-type";

export const kms: ResourceTypes = {
  "aws:kms/alias:Alias": {
    outputs: ({ inputs, region, physical }) => ({
      id: physical,
      arn: arn("kms", region, physical),
      targetKeyArn: arn("kms", region, `key/${text(inputs.targetKeyId)}`),
    }),
    replaceOnChanges: ["name", "namePrefix"],
    reviewed: "opens nothing",
  },
  "aws:kms/key:Key": {
    outputs: ({ region, uuid }) => {
      const id = uuid("id");
      return { id, keyId: id, arn: arn("kms", region, `key/${id}`) };
    },
    replaceOnChanges: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion"],
    reviewed: "read by rules",
  },
};
