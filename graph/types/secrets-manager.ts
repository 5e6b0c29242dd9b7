// Resource types of Secrets Manager.

import { arn, type ResourceTypes, text } from "./resource-type";

export const secretsManager: ResourceTypes = {
  "aws:secretsmanager/secret:Secret": {
    outputs: ({ region, physical, alphanumeric }) => {
      const secretArn = arn("secretsmanager", region, `secret:${physical}-${alphanumeric("suffix", 6)}`);
      return { id: secretArn, name: physical, arn: secretArn };
    },
    replaceOnChanges: ["name", "namePrefix"],
    reviewed: "read by rules",
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": {
    outputs: ({ inputs }) => ({ id: text(inputs.secretArn) }),
    replaceOnChanges: ["secretArn"],
    reviewed: "read by rules",
  },
  "aws:secretsmanager/secretRotation:SecretRotation": {
    outputs: ({ inputs }) => ({
      id: text(inputs.secretId),
      rotationEnabled: true,
    }),
    replaceOnChanges: ["secretId"],
    reviewed: "read by rules",
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    replaceOnChanges: ["secretId", "secretBinary", "secretString"],
  },
};
