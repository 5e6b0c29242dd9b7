// Policy statements of the preview and deployment roles: a stack's own state, its services, and IAM below its own path.
// A fence of Deny statements protects what the bootstrap itself created.

import {
  auth0Secret,
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
import { lookUps, permissions } from "./permissions";

/** A policy statement in CloudFormation: a string can also be an intrinsic function, such as `{"Fn::Sub": …}`. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
  readonly Condition?: object;
}

export const sub = (text: string) => ({ "Fn::Sub": text });
export const inAccount = (resource: string) => sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${resource}`);

/**
 * Reads one stack's state and decrypts its secrets, and with `write` also writes and encrypts them. No other stack's.
 * Source of the paths: https://github.com/pulumi/pulumi/blob/master/pkg/backend/diy/store.go
 */
function stateStatements(project: string, stack: string, write: boolean): Statement[] {
  const key = (path: string) => sub(`\${StateBucket.Arn}/.pulumi/${path}`);
  const files = [
    key(`stacks/${project}/${stack}.*`),
    key(`history/${project}/${stack}/*`),
    key(`backups/${project}/${stack}/*`),
    key(`locks/organization/${project}/${stack}/*`),
  ];
  const name = logical(stack);
  return [
    {
      Sid: `${name}State`,
      Effect: "Allow",
      Action: write ? ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] : ["s3:GetObject"],
      Resource: files,
    },
    {
      Sid: `${name}Secrets`,
      Effect: "Allow",
      Action: ["kms:Decrypt", ...(write ? ["kms:Encrypt"] : [])],
      Resource: [sub(`\${${name}Key.Arn}`)],
    },
  ];
}

/** What both kinds of roles need of the state bucket: list it, read the backend's `meta.yaml`, and use its KMS key. */
function bucketStatements(write: boolean): Statement[] {
  return [
    { Sid: "List", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [sub("${StateBucket.Arn}")] },
    {
      Sid: "Format",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: [sub("${StateBucket.Arn}/.pulumi/meta.yaml")],
    },
    {
      Sid: "StateKey",
      Effect: "Allow",
      Action: write ? ["kms:Decrypt", "kms:GenerateDataKey"] : ["kms:Decrypt"],
      Resource: [sub("${StateKey.Arn}")],
    },
  ];
}

/**
 * What a preview of a stack needs: its state, the secrets in it, and the look-ups. Whoever can start a preview can read
 * all of that, since the previewed program is their own code; so each stack has its own role, and a person approves
 * each preview of a stack whose secrets matter.
 */
export function previewStatements(project: string, stack: string): Statement[] {
  return [
    ...bucketStatements(false),
    ...stateStatements(project, stack, false),
    { Sid: "LookUps", Effect: "Allow", Action: Object.values(lookUps), Resource: ["*"] },
  ];
}

/** What deploying a stack needs in addition to the services' permissions, which are the same for every stack. */
export function deployStatements(bootstrap: Bootstrap, stack: string): Statement[] {
  const { project } = bootstrap;
  return [
    ...bucketStatements(true),
    ...stateStatements(project, stack, true),
    ...iamStatements(bootstrap, stack),
    {
      Sid: "Auth0Client",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: [
        sub(
          `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${auth0Secret(project, stack)}-*`,
        ),
      ],
    },
    ...fence(bootstrap),
  ];
}

/** Characters of one part's JSON in the template. IAM's limit, after CloudFormation's substitution, is 6,144. */
const longest = 5_000;

/** The services' permissions, split into parts that each fit into one managed policy. */
export function serviceStatements(): Statement[][] {
  const parts: Statement[][] = [[]];
  for (const [name, { actions, resources, condition }] of Object.entries(permissions)) {
    const statement = { Sid: name, Effect: "Allow", Action: actions, Resource: resources.map(sub) } as const;
    const whole = condition === undefined ? statement : { ...statement, Condition: substituted(condition) };
    if (JSON.stringify([...parts.at(-1)!, whole]).length > longest) parts.push([]);
    parts.at(-1)!.push(whole);
  }
  return parts;
}

/**
 * Roles and policies, only below the stack's own path. Roles can be passed only to the services listed; actions that give a
 * role permissions are allowed only on roles that have the permissions boundary.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
function iamStatements({ project }: Bootstrap, stack: string): Statement[] {
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
            "wafv2.amazonaws.com",
          ],
        },
      },
    },
  ];
}

/** Denies changes to what the bootstrap created: otherwise a deployment could extend its own role. */
function fence({ project, stacks }: Bootstrap): Statement[] {
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

/** A stack's name as a CloudFormation logical ID (letters and digits only), without collisions: `prod-eu` → `ProdX2deu`. */
export function logical(stack: string): string {
  return stack.replace(/-/g, "X2d").replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

function substituted(condition: NonNullable<(typeof permissions)[string]["condition"]>): object {
  const entries = Object.entries(condition).map(([operator, keys]) => [
    operator,
    Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, sub(String(value))])),
  ]);
  return Object.fromEntries(entries) as object;
}
