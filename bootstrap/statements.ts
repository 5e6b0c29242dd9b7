// Policy statements of the roles: a stack's own state, its services, and the IAM that its functions need, with a fence around
// what the bootstrap itself made.

import {
  auth0Secret,
  type Bootstrap,
  boundaryPolicy,
  deployRole,
  ownPath,
  previewRole,
  secretsAlias,
  servicesPolicy,
} from "./names";
import { lookUps, permissions } from "./permissions";

/** A statement as CloudFormation takes it: texts may hold its own functions, as `{"Fn::Sub": …}`. */
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
 * Reads and, if asked, writes one stack's state, and decrypts its secrets. No other stack's.
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

/** What both kinds of roles need of the bucket: its list, its format, and the key that encrypts it. */
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
 * What previewing a stack takes: its state and the secrets in it, and what the program looks up. Whoever can run a preview can
 * read them, since the program that is previewed is theirs; so no role previews two stacks, and a person approves each preview
 * of one whose secrets matter.
 */
export function previewStatements(project: string, stack: string): Statement[] {
  return [
    ...bucketStatements(false),
    ...stateStatements(project, stack, false),
    { Sid: "LookUps", Effect: "Allow", Action: Object.values(lookUps), Resource: ["*"] },
  ];
}

/** What deploying a stack takes besides the services, which are the same for every stack. */
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

/** Longest managed policy, in characters without blanks; its texts grow a little when CloudFormation fills them in. */
const longest = 5_000;

/** The services' permissions, in parts that each fit into one managed policy. */
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
 * Roles for functions and services, which only they can take, and policies: below the stack's own path, and what gives a role
 * rights only on one that the boundary bounds.
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
      Condition: { StringEquals: { "iam:AWSServiceName": ["ops.apigateway.amazonaws.com", "wafv2.amazonaws.com"] } },
    },
  ];
}

/** What the bootstrap made stays as it is, whatever else is allowed: else a deployment could widen its own role. */
function fence({ project, stacks }: Bootstrap): Statement[] {
  const roles = stacks.flatMap((stack) => [previewRole(project, stack), deployRole(project, stack)]);
  return [
    {
      Sid: "FenceRoles",
      Effect: "Deny",
      Action: ["iam:*"],
      Resource: [
        ...roles.map((role) => inAccount(`role/${role}`)),
        inAccount(`policy/${servicesPolicy(project, "*")}`),
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

/** A stack's name as CloudFormation's logical names are: letters and digits. `prod-eu` → `ProdX2dEu`, which no other name becomes. */
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
