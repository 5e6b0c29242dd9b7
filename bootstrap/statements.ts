// Policy statements of the preview and deployment roles: a stack's own state, its services, and IAM below its own path.

import { fence, iamStatements } from "./iam-statements";
import { auth0Secret, type Bootstrap } from "./names";
import type { Permission } from "./permissions/permission";
import { lookUps, permissions } from "./permissions/permissions";
import { logical, type Statement, sub } from "./statement";

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

function substituted(condition: NonNullable<Permission["condition"]>): object {
  const entries = Object.entries(condition).map(([operator, keys]) => [
    operator,
    Object.fromEntries(
      Object.entries(keys).map(([key, value]) => [
        key,
        Array.isArray(value) ? value.map((one) => sub(String(one))) : sub(String(value)),
      ]),
    ),
  ]);
  return Object.fromEntries(entries) as object;
}
