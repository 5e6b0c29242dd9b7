// Roles with their policies, and resource policies.

import { a, but, type Cases, policy } from "../a-graph";

const allow = (Action: unknown, Resource: unknown, more: object = {}) =>
  policy({ Effect: "Allow", Action, Resource, ...more });
const table = "arn:aws:dynamodb:us-east-1:123456789012:table/calls";
const grant = (document: string) => a("aws:iam/rolePolicy:RolePolicy", "policy", { role: "role", policy: document });
const key = "arn:aws:kms:us-east-1:123456789012:key/1b2c";

const trust = (Principal: unknown, more: object = {}) =>
  a("aws:iam/role:Role", "role", {
    assumeRolePolicy: policy({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more }),
  });
const lambda = trust({ Service: "lambda.amazonaws.com" });
const account = { StringEquals: { "aws:SourceAccount": "123456789012" } };

const lock = (statement: object) => [
  lambda,
  a("aws:kms/key:Key", "key", { policy: policy({ Effect: "Allow", Action: "kms:*", Resource: "*", ...statement }) }),
];
const root = { AWS: "arn:aws:iam::123456789012:root" };
/** Everybody, under a condition. */
const open = (Condition: object) => lock({ Principal: "*", Condition });
const vpc = a("aws:ec2/vpc:Vpc", "vpc-1a2b");
const gate = a("aws:ec2/vpcEndpoint:VpcEndpoint", "vpce-1a2b");
const bucket = (Condition: object) => [
  lambda,
  a("aws:s3/bucketPolicy:BucketPolicy", "p", {
    policy: policy({ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*", Condition }),
  }),
];
const from = (...networks: string[]) => bucket({ IpAddress: { "aws:SourceIp": networks } });
const service = (Condition: object) => lock({ Principal: { Service: "logs.amazonaws.com" }, Condition });
const github = (Condition: object) =>
  trust({ Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }, { Condition });
const pool = (Condition: object) => trust({ Federated: "cognito-identity.amazonaws.com" }, { Condition });
const aud = { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" };
const sub = (subject: string) => ({ "token.actions.githubusercontent.com:sub": subject });
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const passes = (Resource: string, more: object = {}) => [lambda, grant(allow("iam:PassRole", Resource, more))];
const passedTo = (service: string) => ({ Condition: { StringEquals: { "iam:PassedToService": service } } });
const attach = (policyArn: string) =>
  a("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", { role: "role", policyArn });

/** A resource whose policy asks for condition keys. */
const asks = (type: string, ...keys: string[]) => {
  const Condition = { StringEquals: Object.fromEntries(keys.map((key) => [key, "x"])) };
  const document = policy({ Effect: "Deny", Principal: "*", Action: ["s3:GetObject"], Resource: "*", Condition });
  return a(type, "asking", { [type.includes("logResource") ? "policyDocument" : "policy"]: document });
};

export const roles: Cases = {
  "role-policy-names-actions": {
    good: {
      listed: [grant(allow(["dynamodb:GetItem", "kms:Decrypt"], table))],
      "reading verbs": [grant(allow("s3:Get*", table))],
    },
    bad: {
      everything: [grant(allow("*", table))],
      "a service": [grant(allow(["dynamodb:GetItem", "s3:*"], table))],
      "almost a service": [grant(allow("s3:P*", table))],
      "a wildcard in the service": [grant(allow("s*:GetObject", table))],
      "all but one": [grant(policy({ Effect: "Allow", NotAction: "iam:*", Resource: table }))],
      "in an inline policy of the role": [but(lambda, { inlinePolicies: [{ policy: allow("iam:*", table) }] })],
      "in a managed policy": [a("aws:iam/policy:Policy", "p", { policy: allow("iam:*", table) })],
      "an effect that is left out": [grant(policy({ Action: "*", Resource: table }))],
    },
  },
  "role-policy-names-resources": {
    good: {
      "a table": [grant(allow("dynamodb:GetItem", table))],
      "objects of a bucket": [grant(allow("s3:GetObject", "arn:aws:s3:::models/*"))],
      "names that begin alike": [
        grant(allow("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/model:*")),
      ],
      "secrets below a name": [
        grant(allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:model/*")),
      ],
      "a secret with the letters that AWS appends": [
        grant(
          allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:model-??????"),
        ),
      ],
      "jobs of pipelines, which SageMaker names": [
        grant(allow("sagemaker:StopTrainingJob", "arn:aws:sagemaker:us-east-1:123456789012:training-job/pipelines-*")),
      ],
      "resources that get a tag": [
        lambda,
        grant(
          allow("apigateway:PUT", "arn:aws:apigateway:us-east-1::/tags/*", {
            Condition: { StringEquals: { "aws:RequestTag/stack": "dev" } },
          }),
        ),
      ],
      "resources that carry a tag": [
        lambda,
        grant(
          allow("apigateway:DELETE", "arn:aws:apigateway:us-east-1::/apikeys/*", {
            Condition: {
              StringLike: { "aws:ResourceTag/secret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:model/*" },
            },
          }),
        ),
      ],
      "a denial of everything": [grant(policy({ Effect: "Deny", Action: "s3:PutObject", Resource: "*" }))],
    },
    bad: {
      everything: [grant(allow("dynamodb:GetItem", "*"))],
      "every table": [grant(allow("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:123456789012:table/*"))],
      "every bucket": [grant(allow("s3:GetObject", "arn:aws:s3:::*"))],
      "every log group": [grant(allow("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:*"))],
      "every API": [grant(allow("execute-api:Invoke", "arn:aws:execute-api:us-east-1:123456789012:*/dev/POST/x"))],
      "one among others": [grant(allow("dynamodb:GetItem", [table, "*"]))],
      "all but one": [grant(policy({ Effect: "Allow", Action: "s3:GetObject", NotResource: "arn:aws:s3:::x" }))],
      "a wildcard of the service": [grant(allow("s3:GetObject", "arn:aws:*:::models"))],
      "tables of every account": [grant(allow("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:*:table/calls"))],
      "every secret that begins with a letter": [
        grant(allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:m*")),
      ],
      "whichever secret a tag names": [
        grant(
          allow(
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:${aws:PrincipalTag/secret}/*",
          ),
        ),
      ],
      "every bucket that begins alike": [grant(allow("s3:GetObject", "arn:aws:s3:::models*/*"))],
      "the log groups of AWS's services": [
        grant(allow("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/*")),
      ],
      "the log groups of every function": [
        grant(allow("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/*")),
      ],
      "every API key": [grant(allow("apigateway:DELETE", "arn:aws:apigateway:us-east-1::/apikeys/*"))],
      "resources that may carry a tag": [
        lambda,
        grant(
          allow("apigateway:DELETE", "arn:aws:apigateway:us-east-1::/apikeys/*", {
            Condition: { StringEqualsIfExists: { "aws:ResourceTag/stack": "dev" } },
          }),
        ),
      ],
      "resources that carry any tag": [
        lambda,
        grant(
          allow("apigateway:DELETE", "arn:aws:apigateway:us-east-1::/apikeys/*", {
            Condition: { StringLike: { "aws:ResourceTag/secret": "*" } },
          }),
        ),
      ],
      "every service's resources that carry a tag": [
        lambda,
        grant(allow("s3:GetObject", "arn:*", { Condition: { StringEquals: { "aws:ResourceTag/stack": "dev" } } })),
      ],
      "everything that carries a tag": [
        lambda,
        grant(allow("s3:GetObject", "*", { Condition: { StringEquals: { "aws:ResourceTag/stack": "dev" } } })),
      ],
    },
  },
  "decryption-names-its-keys": {
    good: { "one key": [grant(allow("kms:Decrypt", key))], "no decryption": [grant(allow("kms:Encrypt", "*"))] },
    bad: {
      "every key": [grant(allow("kms:Decrypt", "*"))],
      "every key of the account": [grant(allow("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/*"))],
      "every key, by another name": [grant(allow("kms:*", "*"))],
      "by case": [grant(allow("KMS:decrypt", "*"))],
      "every alias": [grant(allow("kms:ReEncryptFrom", "arn:aws:kms:us-east-1:123456789012:alias/*"))],
    },
  },
  "role-policy-gives-no-rights": {
    good: {
      "none of IAM": [lambda, grant(allow("dynamodb:GetItem", table))],
      "reading IAM": [lambda, grant(allow(["iam:GetRole", "iam:ListRolePolicies"], role("model")))],
      "a role for one service": passes(role("step"), passedTo("sagemaker.amazonaws.com")),
      "the session of one role": [lambda, grant(allow(["sts:AssumeRole", "sts:GetCallerIdentity"], role("reader")))],
    },
    bad: {
      "writing a policy": [lambda, grant(allow("iam:PutRolePolicy", role("model")))],
      "writing a policy, by case": [lambda, grant(allow("IAM:putrolepolicy", role("model")))],
      "attaching a policy": [lambda, grant(allow(["s3:GetObject", "iam:AttachRolePolicy"], role("model")))],
      "a new key of a user": [lambda, grant(allow("iam:CreateAccessKey", "arn:aws:iam::123456789012:user/a"))],
      "a trust": [lambda, grant(allow("iam:UpdateAssumeRolePolicy", role("model")))],
      "no boundary": [lambda, grant(allow("iam:DeleteRolePermissionsBoundary", role("model")))],
      "verbs that begin alike": [lambda, grant(allow("iam:P*", role("model"), passedTo("sagemaker.amazonaws.com")))],
      "all but one": [lambda, grant(policy({ Effect: "Allow", NotAction: "s3:GetObject", Resource: table }))],
      "a role for any service": passes(role("step")),
      "a role for services that begin alike": passes(role("step"), {
        Condition: { StringLike: { "iam:PassedToService": "*.amazonaws.com" } },
      }),
      "a role for a service, or none": passes(role("step"), {
        Condition: { StringEqualsIfExists: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
      }),
      "roles that begin alike": passes(role("admin*"), passedTo("sagemaker.amazonaws.com")),
      "roles under a path": passes(role("team/*"), passedTo("sagemaker.amazonaws.com")),
      "the sessions of roles that begin alike": [lambda, grant(allow("sts:AssumeRole", role("admin*")))],
      "the sessions of roles that begin alike, by verb": [lambda, grant(allow("sts:Assume*", role("admin*")))],
      "the sessions of all roles but one": [
        lambda,
        grant(policy({ Effect: "Allow", Action: "sts:AssumeRole", NotResource: role("admin") })),
      ],
    },
  },
  "role-takes-no-broad-policy": {
    good: {
      "a service role's": [attach("arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs")],
      "one of this account": [attach("arn:aws:iam::123456789012:policy/model")],
    },
    bad: {
      administrator: [attach("arn:aws:iam::aws:policy/AdministratorAccess")],
      "SageMaker's": [attach("arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")],
      "of a group, in China": [
        a("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "g", {
          policyArn: "arn:aws-cn:iam::aws:policy/AmazonS3FullAccess",
        }),
      ],
      "a power user": [attach("arn:aws:iam::aws:policy/PowerUserAccess")],
      "a reader of everything": [attach("arn:aws:iam::aws:policy/ReadOnlyAccess")],
      "of every secret": [attach("arn:aws:iam::aws:policy/SecretsManagerReadWrite")],
      "one with a listed name on another path": [
        attach("arn:aws:iam::aws:policy/AmazonAPIGatewayPushToCloudWatchLogs/x"),
      ],
      "in the role itself": [
        but(lambda, { managedPolicyArns: ["arn:aws:iam::aws:policy/job-function/SystemAdministrator"] }),
      ],
    },
  },
  "role-trusts-one-principal": {
    good: {
      "a service": [lambda],
      "a role of this account": [trust({ AWS: "arn:aws:iam::123456789012:role/operator" })],
      "SageMaker for this account": [trust({ Service: "sagemaker.amazonaws.com" }, { Condition: account })],
      "SageMaker for a pipeline of this account": [
        trust(
          { Service: "sagemaker.amazonaws.com" },
          { Condition: { ArnLike: { "aws:SourceArn": "arn:aws:sagemaker:us-east-1:123456789012:pipeline/*" } } },
        ),
      ],
      "this account, for one role": [
        trust(root, { Condition: { ArnEquals: { "aws:PrincipalArn": role("operator") } } }),
      ],
      "a token of one subject": [
        trust(
          { Federated: "arn:aws:iam::123456789012:oidc-provider/token.example.com" },
          { Condition: { StringEquals: { "token.example.com:sub": "repo:a/b" } } },
        ),
      ],
      "the tokens of a repository's environment": [
        github({ StringEquals: { ...aud, ...sub("repo:a/b:environment:prod") } }),
      ],
      "the tokens of a repository": [github({ StringEquals: aud, StringLike: sub("repo:a/b:*") })],
      "the users of an identity pool": [
        pool({
          StringEquals: { "cognito-identity.amazonaws.com:aud": "us-east-1:1a2b" },
          "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" },
        }),
      ],
    },
    bad: {
      everybody: [trust("*")],
      "everybody, as an account": [trust({ AWS: "*" })],
      "two services": [trust({ Service: ["lambda.amazonaws.com", "ec2.amazonaws.com"] })],
      nobody: [but(lambda, { assumeRolePolicy: policy() })],
      "a wildcard account": [trust({ AWS: "arn:aws:iam::*:root" })],
      "another account": [trust({ AWS: "arn:aws:iam::999999999999:root" })],
      "another account, by its number": [trust({ AWS: "999999999999" })],
      "another account's tokens": [
        trust(
          { Federated: "arn:aws:iam::999999999999:oidc-provider/token.example.com" },
          { Condition: { StringEquals: { "token.example.com:sub": "repo:a/b" } } },
        ),
      ],
      "all but one": [
        a("aws:iam/role:Role", "role", {
          assumeRolePolicy: policy({
            Effect: "Allow",
            NotPrincipal: { AWS: "arn:aws:iam::1:root" },
            Action: "sts:AssumeRole",
          }),
        }),
      ],
      "any token": [trust({ Federated: "arn:aws:iam::123456789012:oidc-provider/token.example.com" })],
      "any token of GitHub": [github({ StringEquals: aud })],
      "any subject": [github({ StringEquals: aud, StringLike: sub("*") })],
      "any repository": [github({ StringEquals: aud, StringLike: sub("repo:*") })],
      "any repository of an owner": [github({ StringEquals: aud, StringLike: sub("repo:a/*") })],
      "repositories that begin alike": [github({ StringEquals: aud, StringLike: sub("repo:a/b*") })],
      "a repository or any": [
        github({
          StringEquals: aud,
          StringLike: { "token.actions.githubusercontent.com:sub": ["repo:a/b:*", "repo:*"] },
        }),
      ],
      "a subject, or none at all": [github({ StringEquals: aud, "ForAllValues:StringEquals": sub("repo:a/b:x") })],
      "a subject, if there is one": [github({ StringEquals: aud, StringEqualsIfExists: sub("repo:a/b:x") })],
      "a subject that is itself": [
        github({ StringEquals: { ...aud, ...sub("${token.actions.githubusercontent.com:sub}") } }),
      ],
      "any subject but one": [github({ StringEquals: aud, StringNotEquals: sub("repo:a/b:x") })],
      "any user of any identity pool": [
        pool({ "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" } }),
      ],
      "anybody by an identity pool": [
        pool({
          StringEquals: { "cognito-identity.amazonaws.com:aud": "us-east-1:1a2b" },
          "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "unauthenticated" },
        }),
      ],
      "everybody of this account": [trust(root)],
      "everybody of this account, by its number": [trust({ AWS: "123456789012" })],
      "every role of this account": [trust(root, { Condition: { ArnLike: { "aws:PrincipalArn": role("*") } } })],
      "SageMaker for anybody": [trust({ Service: "sagemaker.amazonaws.com" })],
      "SageMaker for another account": [
        trust(
          { Service: "sagemaker.amazonaws.com" },
          { Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } } },
        ),
      ],
      "flow logs for anybody": [trust({ Service: "vpc-flow-logs.amazonaws.com" })],
      "API Gateway for anybody": [trust({ Service: "apigateway.amazonaws.com" })],
      "SageMaker for any account": [
        trust({ Service: "sagemaker.amazonaws.com" }, { Condition: { StringLike: { "aws:SourceAccount": "*" } } }),
      ],
    },
  },
  "role-has-a-policy": {
    good: {
      inline: [lambda, grant(allow("s3:GetObject", table))],
      attached: [lambda, attach("arn:aws:iam::aws:policy/x")],
    },
    bad: {
      none: [lambda],
      "one without statements": [lambda, grant(policy())],
      "one of another role": [lambda, but(grant(allow("s3:GetObject", table)), { role: "other" })],
    },
  },
  "resource-policy-uses-its-services-keys": {
    good: {
      "a bucket's": [asks("aws:s3/bucketPolicy:BucketPolicy", "s3:prefix", "aws:PrincipalArn", "aws:ResourceTag/a")],
      "a key's": [asks("aws:kms/key:Key", "kms:ViaService", "kms:EncryptionContext:aws:logs:arn", "AWS:sourcearn")],
      "a topic's own": [asks("aws:sns/topicPolicy:TopicPolicy", "aws:SourceOwner", "sns:Protocol")],
      "an API's": [asks("aws:apigateway/restApiPolicy:RestApiPolicy", "aws:SourceIp", "aws:PrincipalTag/team")],
      "an endpoint's, of the services behind it": [
        asks("aws:ec2/vpcEndpoint:VpcEndpoint", "s3:prefix", "aws:PrincipalAccount"),
      ],
      "a trust's": [trust(root, { Condition: { StringEquals: { "sts:ExternalId": "x", "aws:SourceAccount": "x" } } })],
      "a trust's, in tokens": [github({ StringEquals: { ...aud, ...sub("repo:a/b:*") } })],
      "none at all": lock({ Principal: root }),
    },
    bad: {
      "the calling function, of a bucket": [asks("aws:s3/bucketPolicy:BucketPolicy", "lambda:SourceFunctionArn")],
      "the calling function, of a secret": [
        asks("aws:secretsmanager/secretPolicy:SecretPolicy", "Lambda:sourceFunctionArn"),
      ],
      "the calling function, of an endpoint": [asks("aws:ec2/vpcEndpoint:VpcEndpoint", "lambda:SourceFunctionArn")],
      "another service's, of a bucket": [asks("aws:s3/bucketPolicy:BucketPolicy", "kms:ViaService")],
      "another service's, of an endpoint": [asks("aws:ec2/vpcEndpoint:VpcEndpoint", "kms:ViaService")],
      "another service's, of logs": [
        asks("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "cloudwatch:namespace"),
      ],
      "no global one": [asks("aws:s3/bucketPolicy:BucketPolicy", "aws:SourceFunctionArn")],
      "what an API does not know": [asks("aws:apigateway/restApiPolicy:RestApiPolicy", "aws:SourceAccount")],
      "a claim, of a bucket": [asks("aws:s3/bucketPolicy:BucketPolicy", "token.example.com:sub")],
      "another service's, in a trust": [trust(root, { Condition: { StringEquals: { "s3:prefix": "x" } } })],
      "one good and one bad": [
        asks("aws:s3/bucketPolicy:BucketPolicy", "aws:PrincipalArn", "lambda:SourceFunctionArn"),
      ],
    },
  },
  "resource-policy-names-who": {
    good: {
      "this account": lock({ Principal: root }),
      "a service": lock({ Principal: { Service: "logs.us-east-1.amazonaws.com" } }),
      "the delivery of logs": [
        lambda,
        a("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "p", {
          policyDocument: policy({
            Effect: "Allow",
            Principal: { Service: "delivery.logs.amazonaws.com" },
            Action: "logs:PutLogEvents",
            Resource: "*",
          }),
        }),
      ],
      "a denial to everybody": [
        lambda,
        a("aws:s3/bucketPolicy:BucketPolicy", "p", {
          policy: policy({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" }),
        }),
      ],
      "everybody of this account": lock({
        Principal: { AWS: "*" },
        Condition: { StringEquals: { "kms:CallerAccount": "123456789012" } },
      }),
      "browsers, which ask first": [
        lambda,
        a("aws:apigateway/restApi:RestApi", "api", {
          policy: policy({
            Effect: "Allow",
            Principal: "*",
            Action: "execute-api:Invoke",
            Resource: "execute-api:/dev/OPTIONS/*",
          }),
        }),
      ],
      "one principal of this account": open({ ArnEquals: { "aws:PrincipalArn": role("reader") } }),
      "principals under a path of this account": open({ StringLike: { "aws:PrincipalArn": role("model/*") } }),
      "a source in this account": open({
        ArnLike: { "aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:alarms" },
      }),
      "everybody of this account, among several values": open({
        "ForAnyValue:StringEquals": { "aws:PrincipalAccount": ["123456789012"] },
      }),
      "everybody from our network": [vpc, ...bucket({ StringEquals: { "aws:SourceVpc": "vpc-1a2b" } })],
      "everybody from our endpoint": [gate, ...bucket({ StringEquals: { "aws:SourceVpce": "vpce-1a2b" } })],
      "everybody from an address": from("192.0.2.1", "2001:db8::/32"),
      "everybody from a network": [
        lambda,
        a("aws:apigateway/restApi:RestApi", "api", {
          policy: policy({
            Effect: "Allow",
            Principal: "*",
            Action: "execute-api:Invoke",
            Resource: "x",
            Condition: { IpAddress: { "aws:SourceIp": ["192.0.2.0/24"] } },
          }),
        }),
      ],
    },
    bad: {
      "everybody, of more than preflights": [
        lambda,
        a("aws:apigateway/restApi:RestApi", "api", {
          policy: policy({
            Effect: "Allow",
            Principal: "*",
            Action: "execute-api:Invoke",
            Resource: ["execute-api:/dev/OPTIONS/*", "execute-api:/dev/*/OPTIONS/*"],
          }),
        }),
      ],
      "any account but this": open({ StringNotEquals: { "kms:CallerAccount": "123456789012" } }),
      "another account, by a condition": open({ StringEquals: { "kms:CallerAccount": "999999999999" } }),
      "another account beside this, by a condition": open({
        StringEquals: { "kms:CallerAccount": ["123456789012", "999999999999"] },
      }),
      "accounts that begin alike": open({ StringLike: { "kms:CallerAccount": "12345678901?" } }),
      "no account": open({ StringEquals: { "kms:CallerAccount": [] } }),
      "an account, if there is one": open({ StringEqualsIfExists: { "aws:PrincipalAccount": "123456789012" } }),
      "an account, or none": open({ "ForAllValues:StringEquals": { "aws:PrincipalAccount": "123456789012" } }),
      "any principal": open({ StringLike: { "aws:PrincipalArn": "*" } }),
      "any role of this account": open({ StringLike: { "aws:PrincipalArn": role("*") } }),
      "any role of any account": [
        lambda,
        a("aws:secretsmanager/secretPolicy:SecretPolicy", "p", {
          policy: policy({
            Effect: "Allow",
            Principal: "*",
            Action: "secretsmanager:GetSecretValue",
            Resource: "*",
            Condition: { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } },
          }),
        }),
      ],
      "a role of another account, by a condition": open({
        ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::999999999999:role/reader" },
      }),
      "an organisation, or none": open({ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }),
      "an organisation, which may be anybody's": open({ StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }),
      "everybody from the internet": bucket({ Null: { "aws:SourceVpce": "true" } }),
      "everybody from an endpoint that may be anybody's": bucket({ StringEquals: { "aws:SourceVpce": "vpce-9f9f" } }),
      "everybody from a private address, as each network has": bucket({
        IpAddress: { "aws:VpcSourceIp": "10.0.0.0/8" },
      }),
      "everybody from any address": from("0.0.0.0/0"),
      "everybody from any address over IPv6": from("::/0"),
      "everybody from two halves": from("0.0.0.0/1", "128.0.0.0/1"),
      "everybody from what IPv6 uses": from("192.0.2.0/24", "2000::/3"),
      "everybody from nearly any address": from("1.0.0.0/8", "2.0.0.0/7", "4.0.0.0/6"),
      "everybody from what is no network": from("anywhere"),
      "everybody outside a network": bucket({ NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } }),
      "everybody from addresses that begin alike": bucket({ StringLike: { "aws:SourceIp": "1*" } }),
      everybody: lock({ Principal: "*" }),
      "everybody, as accounts": lock({ Principal: { AWS: ["*"] } }),
      "everybody over TLS": lock({ Principal: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      "another account": lock({ Principal: { AWS: "arn:aws:iam::999999999999:root" } }),
      "another account, by its number": lock({ Principal: { AWS: "999999999999" } }),
      "all but one": lock({ NotPrincipal: root }),
      "a secret's readers": [
        lambda,
        a("aws:secretsmanager/secretPolicy:SecretPolicy", "p", {
          policy: policy({ Effect: "Allow", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" }),
        }),
      ],
      "in an API's document": [
        lambda,
        a("aws:apigateway/restApi:RestApi", "api", {
          body: JSON.stringify({
            "x-amazon-apigateway-policy": {
              Statement: [{ Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "*" }],
            },
          }),
        }),
      ],
      "no JSON": [lambda, a("aws:sns/topicPolicy:TopicPolicy", "p", { policy: "Allow" })],
      "whoever writes logs": [
        lambda,
        a("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "p", {
          policyDocument: policy({ Effect: "Allow", Principal: "*", Action: "logs:PutLogEvents", Resource: "*" }),
        }),
      ],
      "whoever sends events": [
        lambda,
        a("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "p", {
          policy: policy({ Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource: "*" }),
        }),
      ],
      "another account, through an access point": [
        lambda,
        a("aws:s3/accessPoint:AccessPoint", "p", {
          policy: policy({
            Effect: "Allow",
            Principal: { AWS: "999999999999" },
            Action: "s3:GetObject",
            Resource: "*",
          }),
        }),
      ],
    },
  },
  "service-access-is-bound": {
    good: {
      "to an account": service(account),
      "to logs of this account": service({
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:log-group:*" },
      }),
    },
    bad: {
      "to any account": service({ StringLike: { "aws:SourceAccount": "*" } }),
      "to another account": service({ StringEquals: { "aws:SourceAccount": "999999999999" } }),
      "to any account but this": service({ StringNotEquals: { "aws:SourceAccount": "123456789012" } }),
      "to an account, if there is one": service({ StringEqualsIfExists: { "aws:SourceAccount": "123456789012" } }),
      "to any logs": service({ ArnLike: { "kms:EncryptionContext:aws:logs:arn": "*" } }),
      "to logs of any account": service({
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:*:log-group:*" },
      }),
      "to an organisation": service({ StringEquals: { "aws:SourceOrgID": "o-a1b2c3d4e5" } }),
      "to another service, for whomever": service({
        StringEquals: { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" },
      }),
      "to nothing": lock({ Principal: { Service: "events.amazonaws.com" } }),
      "to the transport": lock({
        Principal: { Service: "events.amazonaws.com" },
        Condition: { Bool: { "aws:SecureTransport": "true" } },
      }),
    },
  },
};
