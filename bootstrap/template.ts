// What an AWS account needs before the first `pulumi up`, as one CloudFormation template: the state bucket, a KMS key
// for each stack's secrets, and roles for GitHub Actions jobs (OIDC), each bound to its own GitHub environment.

import { boundaryStatements } from "./boundary";
import {
  type Bootstrap,
  boundaryPolicy,
  checked,
  deployRole,
  driftEnvironment,
  driftRole,
  previewEnvironment,
  previewRole,
  readPolicy,
  secretsAlias,
  servicesPolicy,
} from "./names";
import { driftStatements, readStatements } from "./drift-statements";
import { deployStatements, logical, previewStatements, serviceStatements, type Statement, sub } from "./statements";

const issuer = "token.actions.githubusercontent.com";
const version = "2012-10-17";

/**
 * @returns the template, to be serialized as JSON.
 * @throws BootstrapError for an invalid repository, project or stack name
 */
export function template(asked: Bootstrap): object {
  const bootstrap = checked(asked);
  const { repository, project, stacks } = bootstrap;
  const environment = (name: string) => `repo:${repository}:environment:${name}`;
  const services = serviceStatements();
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `State backend and deployment roles of ${project} for github.com/${repository}`,
    Parameters: {
      Provider: {
        Type: "String",
        Default: "",
        Description: `ARN of the account's OIDC provider for ${issuer}, of which there can be one; empty makes it`,
      },
    },
    Conditions: { MakeProvider: { "Fn::Equals": [{ Ref: "Provider" }, ""] } },
    Resources: {
      StateKey: key(`Encrypts the Pulumi state of ${project}`),
      StateBucket: stateBucket(project),
      StateBucketPolicy: stateBucketPolicy(),
      ...Object.fromEntries(stacks.flatMap((stack) => secretsKey(project, stack))),
      GitHub: {
        Type: "AWS::IAM::OIDCProvider",
        Condition: "MakeProvider",
        Properties: { Url: `https://${issuer}`, ClientIdList: ["sts.amazonaws.com"] },
      },
      ...Object.fromEntries(
        services.map((statements, part) => [
          servicesName(part),
          managedPolicy(servicesPolicy(project, String(part + 1)), statements),
        ]),
      ),
      Reads: managedPolicy(readPolicy(project), readStatements()),
      Boundary: managedPolicy(boundaryPolicy(project), boundaryStatements(bootstrap)),
      ...Object.fromEntries(
        stacks.flatMap((stack) => [
          [
            `${logical(stack)}PreviewRole`,
            role(
              previewRole(project, stack),
              environment(previewEnvironment(stack)),
              previewStatements(project, stack),
            ),
          ],
          [
            `${logical(stack)}DriftRole`,
            role(driftRole(project, stack), environment(driftEnvironment(stack)), driftStatements(bootstrap, stack), [
              { Ref: "Reads" },
            ]),
          ],
          [
            `${logical(stack)}Role`,
            role(
              deployRole(project, stack),
              environment(stack),
              deployStatements(bootstrap, stack),
              services.map((_, part) => ({ Ref: servicesName(part) })),
            ),
          ],
        ]),
      ),
    },
    Outputs: {
      Backend: { Value: sub("s3://${StateBucket}?region=${AWS::Region}") },
      Boundary: { Value: { Ref: "Boundary" } },
      ...Object.fromEntries(
        ["Role", "PreviewRole", "DriftRole"].flatMap((kind) =>
          stacks.map((stack) => [`${logical(stack)}${kind}`, { Value: sub(`\${${logical(stack)}${kind}.Arn}`) }]),
        ),
      ),
    },
  };
}

function servicesName(part: number): string {
  return `Services${part + 1}`;
}

function managedPolicy(name: string, statements: readonly Statement[]): object {
  return {
    Type: "AWS::IAM::ManagedPolicy",
    Properties: {
      ManagedPolicyName: name,
      PolicyDocument: { Version: version, Statement: statements },
    },
  };
}

/** For the keys and the state bucket, which outlive the CloudFormation stack: without a key, what it encrypts is lost. */
const kept = { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" };

function key(description: string): object {
  return {
    Type: "AWS::KMS::Key",
    ...kept,
    Properties: {
      Description: description,
      EnableKeyRotation: true,
      PendingWindowInDays: 30,
      // Leaves it to the account's IAM policies who may use the key.
      KeyPolicy: {
        Version: version,
        Statement: [
          {
            Sid: "Account",
            Effect: "Allow",
            Principal: { AWS: sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root") },
            Action: "kms:*",
            Resource: "*",
          },
        ],
      },
    },
  };
}

function secretsKey(project: string, stack: string): [string, object][] {
  const name = logical(stack);
  return [
    [`${name}Key`, key(`Encrypts the secrets in the state of ${project}, stack ${stack}`)],
    [
      `${name}Alias`,
      {
        Type: "AWS::KMS::Alias",
        Properties: { AliasName: secretsAlias(project, stack), TargetKeyId: { Ref: `${name}Key` } },
      },
    ],
  ];
}

function stateBucket(project: string): object {
  return {
    Type: "AWS::S3::Bucket",
    ...kept,
    Properties: {
      BucketName: sub(`${project}-state-\${AWS::AccountId}-\${AWS::Region}`),
      VersioningConfiguration: { Status: "Enabled" },
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: sub("${StateKey.Arn}") },
          },
        ],
      },
      LifecycleConfiguration: {
        Rules: [{ Id: "versions", Status: "Enabled", NoncurrentVersionExpiration: { NoncurrentDays: 365 } }],
      },
    },
  };
}

function stateBucketPolicy(): object {
  return {
    Type: "AWS::S3::BucketPolicy",
    Properties: {
      Bucket: { Ref: "StateBucket" },
      PolicyDocument: {
        Version: version,
        Statement: [
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [sub("${StateBucket.Arn}"), sub("${StateBucket.Arn}/*")],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
    },
  };
}

/**
 * A role for the GitHub Actions jobs of one environment. Audience and subject are compared exactly, so no other
 * repository or environment can assume it. The subject has no branch: the environment's rules must restrict branches.
 * Source: https://docs.github.com/en/actions/reference/security/oidc (subject claims)
 */
function role(
  name: string,
  subject: string,
  statements: readonly Statement[],
  managed: readonly object[] = [],
): object {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: name,
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: {
        Version: version,
        Statement: [
          {
            Effect: "Allow",
            Principal: { Federated: { "Fn::If": ["MakeProvider", { Ref: "GitHub" }, { Ref: "Provider" }] } },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: { StringEquals: { [`${issuer}:aud`]: "sts.amazonaws.com", [`${issuer}:sub`]: subject } },
          },
        ],
      },
      ManagedPolicyArns: managed,
      Policies: [{ PolicyName: name, PolicyDocument: { Version: version, Statement: statements } }],
    },
  };
}
