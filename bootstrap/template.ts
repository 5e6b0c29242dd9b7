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
  policyVersion,
  previewEnvironment,
  previewRole,
  readPolicy,
  servicesPolicy,
} from "./names";
import { driftStatements, readStatements } from "./drift-statements";
import { key, secretsKey, stateBucket, stateBucketPolicy } from "./state";
import { logical, type Statement, sub } from "./statement";
import { deployStatements, previewStatements, serviceStatements } from "./statements";

const issuer = "token.actions.githubusercontent.com";

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
      PolicyDocument: { Version: policyVersion, Statement: statements },
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
        Version: policyVersion,
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
      Policies: [{ PolicyName: name, PolicyDocument: { Version: policyVersion, Statement: statements } }],
    },
  };
}
