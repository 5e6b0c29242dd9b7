// AWS's managed full-access policies grant a whole service, including whatever AWS adds later.

import { texts } from "../read";
import { flaw, type Rule } from "../rule";

const full =
  /:aws:policy\/(.*\/)?(AdministratorAccess.*|PowerUserAccess|.*FullAccess.*|SystemAdministrator|DatabaseAdministrator|NetworkAdministrator)$/;

export const roleTakesNoFullAccessPolicy: Rule = {
  name: "role-takes-no-full-access-policy",
  says: "No role, user or group has a managed policy of full access.",
  types: [
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "aws:iam/role:Role",
  ],
  check: ({ type, inputs }) => {
    const arns = texts(
      type === "aws:iam/role:Role" ? inputs.managedPolicyArns : (inputs.policyArn ?? inputs.policyArns),
    );
    return arns.some((arn) => full.test(arn)) ? [flaw("a managed policy of full access is attached")] : [];
  },
};
