// The state bucket and the KMS keys. They outlive the CloudFormation stack: without a key, what it encrypts is lost.

import { policyVersion, secretsAlias } from "./names";
import { logical, sub } from "./statement";

const kept = { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" };

export function key(description: string): object {
  return {
    Type: "AWS::KMS::Key",
    ...kept,
    Properties: {
      Description: description,
      EnableKeyRotation: true,
      PendingWindowInDays: 30,
      // Leaves it to the account's IAM policies who may use the key.
      KeyPolicy: {
        Version: policyVersion,
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

export function secretsKey(project: string, stack: string): [string, object][] {
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

export function stateBucket(project: string): object {
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

export function stateBucketPolicy(): object {
  return {
    Type: "AWS::S3::BucketPolicy",
    Properties: {
      Bucket: { Ref: "StateBucket" },
      PolicyDocument: {
        Version: policyVersion,
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
