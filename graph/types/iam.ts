// Resource types of IAM.

import { partitionOf } from "../../contract";
import { account, type ResourceTypes, text } from "./resource-type";

export const iam: ResourceTypes = {
  "aws:iam/policy:Policy": {
    outputs: ({ inputs, region, alphanumeric, physical }) => {
      const policyArn = iamArn(region, `policy${text(inputs.path) || "/"}${physical}`);
      return { id: policyArn, name: physical, arn: policyArn, policyId: `ANPA${alphanumeric("id", 17).toUpperCase()}` };
    },
    replaceOnChanges: ["name", "namePrefix", "path", "description"],
    reviewed: "read by rules",
  },
  "aws:iam/role:Role": {
    outputs: ({ inputs, region, alphanumeric, physical }) => ({
      id: physical,
      name: physical,
      arn: iamArn(region, `role${text(inputs.path) || "/"}${physical}`),
      uniqueId: `AROA${alphanumeric("id", 17).toUpperCase()}`,
    }),
    replaceOnChanges: ["name", "namePrefix", "path"],
    reviewed: "read by rules",
  },
  "aws:iam/rolePolicy:RolePolicy": {
    outputs: ({ inputs, physical }) => ({
      id: `${text(inputs.role)}:${physical}`,
      name: physical,
    }),
    replaceOnChanges: ["name", "namePrefix", "role"],
    reviewed: "read by rules",
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    outputs: ({ inputs, hex }) => ({
      id: `${text(inputs.role)}-${hex("id", 26)}`,
    }),
    replaceOnChanges: ["policyArn", "role"],
    reviewed: "read by rules",
  },
};

/** IAM is global in each partition. @param region of the provider that creates the resource */
function iamArn(region: string, resource: string): string {
  return `arn:${partitionOf(region)}:iam::${account}:${resource}`;
}
