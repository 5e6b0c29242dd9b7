// AWS's managed policies cover every resource of an account, full access or not, and AWS extends them without asking.

import { texts } from "../../queries/read";
import { violation, type Rule } from "../../queries/rule";

/** For exactly the role that writes API Gateway's logs, and API Gateway checks that the role has it. */
const listed = ["service-role/AmazonAPIGatewayPushToCloudWatchLogs"];

export const roleTakesNoBroadPolicy: Rule = {
  name: "role-takes-no-broad-policy",
  description:
    "No role, user or group has a managed policy of AWS, except the one that API Gateway needs for its logs.",
  severity: "high",
  controls: ["OWN.ManagedFullAccess", "IAM.1"],
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
    return arns
      .map((arn) => arn.split(":iam::aws:policy/")[1])
      .filter((name) => name !== undefined && !listed.includes(name))
      .map((name) => violation("a managed policy of AWS is attached", name));
  },
};
