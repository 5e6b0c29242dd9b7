// What roles and resource policies allow, besides whom.

import { a, but, type Cases, policy } from "../a-graph";

const role = a("aws:iam/role:Role", "role", {
  assumeRolePolicy: policy({
    Effect: "Allow",
    Principal: { Service: "lambda.amazonaws.com" },
    Action: "sts:AssumeRole",
  }),
});
const trusting = (Service: string) =>
  but(role, { assumeRolePolicy: policy({ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }) });
const arn = String(role.outputs.arn);
const fn = a("aws:lambda/function:Function", "model", { role: arn });
const flows = a("aws:ec2/flowLog:FlowLog", "flows", { iamRoleArn: arn });
const steps = a("aws:s3/bucketObjectv2:BucketObjectv2", "steps", {
  source: { asset: { text: JSON.stringify({ Steps: [{ Arguments: { RoleArn: arn } }] }) } },
});

const root = { AWS: "arn:aws:iam::123456789012:root" };
const allow = (more: object) => policy({ Effect: "Allow", Principal: root, Resource: "*", ...more });
const key = (more: object) => [a("aws:kms/key:Key", "key", { policy: allow(more) })];
const logs = { Principal: { Service: "logs.us-east-1.amazonaws.com" }, Action: ["kms:Encrypt*", "kms:Decrypt"] };

const topicArn = "arn:aws:sns:us-east-1:123456789012:alarms";
const topic = (more: object) => [
  a("aws:sns/topicPolicy:TopicPolicy", "topic", {
    arn: topicArn,
    policy: allow({
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
      ...more,
    }),
  }),
];

const grants = (Action: unknown, more: object = {}) => [
  a("aws:iam/rolePolicy:RolePolicy", "policy", {
    role: "role",
    policy: policy({ Effect: "Allow", Action, Resource: "*", ...more }),
  }),
];
const forServices = (value: string) => ({ Condition: { Bool: { "kms:GrantIsForAWSResource": value } } });
const into = (namespace: unknown, operator = "StringEquals") => ({
  Condition: { [operator]: { "cloudwatch:namespace": namespace } },
});

const network = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"];
const denial = {
  Effect: "Deny",
  Action: [...network, "ec2:DetachNetworkInterface"],
  Resource: "*",
  Condition: { ArnEquals: { "lambda:SourceFunctionArn": fn.outputs.arn } },
};
/** A function with rights on networks, and this besides. */
const denied = (...statements: object[]) => [
  role,
  fn,
  a("aws:iam/rolePolicy:RolePolicy", "network", {
    role: "role",
    policy: policy(
      { Effect: "Allow", Action: network, Resource: "*" },
      ...statements.map((one) => ({ ...denial, ...one })),
    ),
  }),
];

export const policies: Cases = {
  "role-serves-what-uses-it": {
    good: {
      "a function's": [role, fn],
      "a flow log's": [trusting("vpc-flow-logs.amazonaws.com"), flows],
      "that of a pipeline's step": [trusting("sagemaker.amazonaws.com"), steps],
      "one whose ARN is not known yet": [
        role,
        { ...but(fn, { role: undefined }), propertyDependencies: { role: [role.urn] } },
      ],
    },
    bad: {
      "nobody's": [role],
      "another service's": [trusting("ec2.amazonaws.com"), fn, flows],
      "another role's function": [role, but(fn, { role: `${arn}-other` })],
    },
  },
  "resource-policy-names-actions": {
    good: { listed: key(logs), "the account may do everything with its key": key({ Action: "kms:*" }) },
    bad: {
      everything: key({ ...logs, Action: "*" }),
      "everything of the service": key({ ...logs, Action: "kms:*" }),
      "everything, to a role": key({ Principal: { AWS: "arn:aws:iam::123456789012:role/x" }, Action: "kms:*" }),
      "almost everything": key({ ...logs, Action: "kms:D*" }),
      "all but one": key({ ...logs, Action: undefined, NotAction: "kms:ScheduleKeyDeletion" }),
    },
  },
  "resource-policy-names-resources": {
    good: { "the topic": topic({}) },
    bad: {
      everything: topic({ Resource: "*" }),
      "all topics": topic({ Resource: "arn:aws:sns:us-east-1:123456789012:*" }),
      "all but one": topic({ Resource: undefined, NotResource: topicArn }),
    },
  },
  "resource-policy-names-its-services": {
    good: { "alarms, for a topic": topic({}), "logs of a region, for a key": key(logs) },
    bad: {
      "machines, for a topic": topic({ Principal: { Service: "ec2.amazonaws.com" } }),
      "functions, for a key": key({ ...logs, Principal: { Service: ["logs.amazonaws.com", "lambda.amazonaws.com"] } }),
    },
  },
  "action-has-its-condition": {
    good: {
      "a grant for a service": grants("kms:CreateGrant", forServices("true")),
      "metrics of a namespace": grants("cloudwatch:PutMetricData", into("/aws/sagemaker/TrainingJobs")),
    },
    bad: {
      "a grant": grants(["kms:Decrypt", "kms:CreateGrant"]),
      "a grant for anybody else": grants("kms:CreateGrant", forServices("false")),
      "a grant in a key's policy": key({ Action: "kms:CreateGrant" }),
      "metrics of any namespace": grants("cloudwatch:PutMetricData"),
      "metrics of a namespace like any": grants("cloudwatch:PutMetricData", into("*", "StringLike")),
      "metrics through an endpoint": [
        a("aws:ec2/vpcEndpoint:VpcEndpoint", "monitoring", { policy: allow({ Action: "cloudwatch:PutMetricData" }) }),
      ],
    },
  },
  "network-rights-are-denied-to-the-code": {
    good: { denied: denied({}) },
    bad: {
      no: denied(),
      "not all of them": denied({ Action: network.slice(1) }),
      "to another function": denied({
        Condition: { ArnEquals: { "lambda:SourceFunctionArn": `${String(fn.outputs.arn)}2` } },
      }),
      "to any function": denied({ Condition: { ArnLike: { "lambda:SourceFunctionArn": "*" } } }),
      "under one more condition": denied({
        Condition: { ...denial.Condition, StringEquals: { "aws:PrincipalTag/denied": "yes" } },
      }),
      "on one resource": denied({ Resource: "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1" }),
      "allowed instead": denied({ Effect: "Allow" }),
      "nobody's role": denied({}).filter((one) => one !== fn),
    },
  },
};
