// What the role that deploys a stack may do in IAM: roles and policies below the stack's own path, and a fence of Deny statements
// around what the bootstrap itself created.

import {
  type Bootstrap,
  boundaryPolicy,
  deployRole,
  driftRole,
  ownPath,
  previewRole,
  readPolicy,
  secretsAlias,
  servicesPolicy,
} from "./names";
import { inAccount, logical, type Statement, sub } from "./statement";

/**
 * Roles and policies, only below the stack's own path. Roles can be passed only to the services listed; actions that give a
 * role permissions are allowed only on roles that have the permissions boundary.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export function iamStatements({ project }: Bootstrap, stack: string): Statement[] {
  const verbs = ["Create", "Get", "Delete", "Tag", "Untag"];
  const [roles, policies] = ["role", "policy"].map((kind) => inAccount(`${kind}/${ownPath(project, stack)}/*`));
  const bounded = { "iam:PermissionsBoundary": inAccount(`policy/${boundaryPolicy(project)}`) };
  return [
    {
      Sid: "Roles",
      Effect: "Allow",
      Action: [
        ...verbs.filter((verb) => verb !== "Create").map((verb) => `iam:${verb}Role`),
        "iam:UpdateRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRoleDescription",
        "iam:ListRolePolicies",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRoleTags",
        "iam:GetRolePolicy",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
      ],
      Resource: [roles],
    },
    {
      Sid: "BoundedRoles",
      Effect: "Allow",
      Action: ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"],
      Resource: [roles],
      Condition: { StringEquals: bounded },
    },
    {
      Sid: "Attachments",
      Effect: "Allow",
      Action: ["iam:AttachRolePolicy"],
      Resource: [roles],
      Condition: {
        StringEquals: bounded,
        ArnLike: {
          "iam:PolicyARN": [
            policies,
            sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"),
          ],
        },
      },
    },
    {
      Sid: "Policies",
      Effect: "Allow",
      Action: [
        ...verbs.map((verb) => `iam:${verb}Policy`),
        "iam:GetPolicyVersion",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicyVersion",
        "iam:ListPolicyVersions",
      ],
      Resource: [policies],
    },
    {
      Sid: "PassRoles",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: [roles],
      Condition: {
        StringEquals: {
          "iam:PassedToService": ["lambda", "apigateway", "sagemaker", "events", "scheduler", "vpc-flow-logs"].map(
            (service) => `${service}.amazonaws.com`,
          ),
        },
      },
    },
    {
      Sid: "ServiceRoles",
      Effect: "Allow",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: [inAccount("role/aws-service-role/*")],
      Condition: {
        StringEquals: {
          "iam:AWSServiceName": [
            "lambda.application-autoscaling.amazonaws.com",
            "ops.apigateway.amazonaws.com",
            "sagemaker.application-autoscaling.amazonaws.com",
            "wafv2.amazonaws.com",
          ],
        },
      },
    },
  ];
}

/** Denies changes to what the bootstrap created: otherwise a deployment could extend its own role. */
export function fence({ project, stacks }: Bootstrap): Statement[] {
  const roles = stacks.flatMap((stack) => [previewRole, deployRole, driftRole].map((nameOf) => nameOf(project, stack)));
  return [
    {
      Sid: "FenceRoles",
      Effect: "Deny",
      Action: ["iam:*"],
      Resource: [
        ...roles.map((role) => inAccount(`role/${role}`)),
        inAccount(`policy/${servicesPolicy(project, "*")}`),
        inAccount(`policy/${readPolicy(project)}`),
        inAccount(`policy/${boundaryPolicy(project)}`),
      ],
    },
    { Sid: "FenceBoundary", Effect: "Deny", Action: ["iam:DeleteRolePermissionsBoundary"], Resource: ["*"] },
    {
      Sid: "FenceBucket",
      Effect: "Deny",
      Action: [
        "s3:PutBucket*",
        "s3:DeleteBucket*",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:DeleteObjectVersion",
      ],
      Resource: [sub("${StateBucket.Arn}"), sub("${StateBucket.Arn}/*")],
    },
    {
      Sid: "FenceKeys",
      Effect: "Deny",
      Action: [
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:CreateGrant",
        "kms:TagResource",
        "kms:UntagResource",
      ],
      Resource: [sub("${StateKey.Arn}"), ...stacks.map((stack) => sub(`\${${logical(stack)}Key.Arn}`))],
    },
    {
      Sid: "FenceAliases",
      Effect: "Deny",
      Action: ["kms:UpdateAlias", "kms:DeleteAlias"],
      Resource: stacks.map((stack) =>
        sub(`arn:\${AWS::Partition}:kms:*:\${AWS::AccountId}:${secretsAlias(project, stack)}`),
      ),
    },
  ];
}
