// Computed outputs of IAM, KMS, Secrets Manager and Cognito resources.

import { dnsSuffix, partitionOf } from "../../contract";
import { account, arn, type Rows, text } from "./row";

export const access: Rows = {
  "aws:cognito/resourceServer:ResourceServer": ({ inputs }) => ({
    id: `${text(inputs.userPoolId)}|${text(inputs.identifier)}`,
    scopeIdentifiers: (Array.isArray(inputs.scopes) ? inputs.scopes : []).map(
      (scope: { scopeName?: unknown }) => `${text(inputs.identifier)}/${text(scope.scopeName)}`,
    ),
  }),
  "aws:cognito/userPool:UserPool": ({ region, alphanumeric, physical }) => {
    const id = `${region}_${alphanumeric("id", 9)}`;
    return {
      id,
      name: physical,
      arn: arn("cognito-idp", region, `userpool/${id}`),
      endpoint: `cognito-idp.${region}.${dnsSuffix(region)}/${id}`,
    };
  },
  "aws:cognito/userPoolClient:UserPoolClient": ({ alphanumeric, secret, physical }) => ({
    id: alphanumeric("id", 26),
    name: physical,
    clientSecret: secret("secret", 51),
    secrets: ["clientSecret"],
  }),
  "aws:cognito/userPoolDomain:UserPoolDomain": ({ inputs, alphanumeric }) => ({
    id: text(inputs.domain),
    awsAccountId: account,
    cloudfrontDistribution: `d${alphanumeric("distribution", 13)}.cloudfront.net`,
  }),
  "aws:iam/policy:Policy": ({ inputs, region, alphanumeric, physical }) => {
    const policyArn = iamArn(region, `policy${text(inputs.path) || "/"}${physical}`);
    return { id: policyArn, name: physical, arn: policyArn, policyId: `ANPA${alphanumeric("id", 17).toUpperCase()}` };
  },
  "aws:iam/role:Role": ({ inputs, region, alphanumeric, physical }) => ({
    id: physical,
    name: physical,
    arn: iamArn(region, `role${text(inputs.path) || "/"}${physical}`),
    uniqueId: `AROA${alphanumeric("id", 17).toUpperCase()}`,
  }),
  "aws:iam/rolePolicy:RolePolicy": ({ inputs, physical }) => ({
    id: `${text(inputs.role)}:${physical}`,
    name: physical,
  }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ({ inputs, hex }) => ({
    id: `${text(inputs.role)}-${hex("id", 26)}`,
  }),
  "aws:kms/alias:Alias": ({ inputs, region, physical }) => ({
    id: physical,
    arn: arn("kms", region, physical),
    targetKeyArn: arn("kms", region, `key/${text(inputs.targetKeyId)}`),
  }),
  "aws:kms/key:Key": ({ region, uuid }) => {
    const id = uuid("id");
    return { id, keyId: id, arn: arn("kms", region, `key/${id}`) };
  },
  "aws:secretsmanager/secret:Secret": ({ region, physical, alphanumeric }) => {
    const secretArn = arn("secretsmanager", region, `secret:${physical}-${alphanumeric("suffix", 6)}`);
    return { id: secretArn, name: physical, arn: secretArn };
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": ({ inputs }) => ({ id: text(inputs.secretArn) }),
  "aws:secretsmanager/secretRotation:SecretRotation": ({ inputs }) => ({
    id: text(inputs.secretId),
    rotationEnabled: true,
  }),
};

/** IAM is global in each partition. @param region of the provider that creates the resource */
function iamArn(region: string, resource: string): string {
  return `arn:${partitionOf(region)}:iam::${account}:${resource}`;
}
