// How secrets are kept, watched and rotated.

import { a, but, type Cases } from "../a-graph";

const secret = a("aws:secretsmanager/secret:Secret", "secret", { name: "model/api-key" });
const rotating = a("aws:lambda/function:Function", "rotate", { name: "rotate" });
const rotation = a("aws:secretsmanager/secretRotation:SecretRotation", "rotation", {
  secretId: "secret",
  rotationLambdaArn: String(rotating.outputs.arn),
});
const errors = a("aws:cloudwatch/metricAlarm:MetricAlarm", "errors", {
  namespace: "AWS/Lambda",
  metricName: "Errors",
  dimensions: { FunctionName: "rotate" },
  threshold: 1,
});

const named = { secretId: [{ wildcard: "*model/api-key*" }] };
const reads = {
  eventSource: ["secretsmanager.amazonaws.com"],
  eventName: ["GetSecretValue"],
  $or: [{ requestParameters: named }, { errorMessage: [{ wildcard: "*model/api-key*" }] }],
};
const rule = (detail: object, more: object = {}) =>
  a("aws:cloudwatch/eventRule:EventRule", "reads", {
    state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    eventPattern: JSON.stringify({
      source: ["aws.secretsmanager"],
      "detail-type": ["AWS API Call via CloudTrail"],
      detail,
    }),
    ...more,
  });
const tells = (arn: string) => a("aws:cloudwatch/eventTarget:EventTarget", "target", { rule: "reads", arn });
const topic = tells("arn:aws:sns:us-east-1:123456789012:alarms");
const schedule = a("aws:scheduler/schedule:Schedule", "schedule", {
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1",
});
const policy = a("aws:secretsmanager/secretPolicy:SecretPolicy", "policy", { blockPublicPolicy: true });

export const secrets: Cases = {
  "secret-reads-are-watched": {
    good: {
      "this one's": [secret, rule(reads), topic],
      "every secret's": [secret, rule({ ...reads, $or: undefined }), topic],
    },
    bad: {
      no: [secret],
      "nobody is told": [secret, rule(reads)],
      "a function is told": [secret, rule(reads), tells("arn:aws:lambda:us-east-1:123456789012:function:f")],
      "another secret's": [secret, rule({ ...reads, $or: [{ requestParameters: { secretId: ["other"] } }] }), topic],
      "not attempts": [secret, rule({ ...reads, $or: [{ requestParameters: named }] }), topic],
      "only writes": [secret, rule({ ...reads, eventName: ["PutSecretValue"] }), topic],
      "read-only events do not arrive": [secret, rule(reads, { state: "ENABLED" }), topic],
      "of another service": [secret, rule({ ...reads, eventSource: ["kms.amazonaws.com"] }), topic],
    },
  },
  "secret-outlives-a-mistake": {
    good: { "AWS's default": [secret], "a week": [but(secret, { recoveryWindowInDays: 7 })] },
    bad: { "not at all": [but(secret, { recoveryWindowInDays: 0 })] },
  },
  "schedule-is-encrypted-by-our-key": {
    good: { yes: [schedule] },
    bad: {
      no: [but(schedule, { kmsKeyArn: undefined })],
      "by AWS's key": [but(schedule, { kmsKeyArn: "alias/aws/x" })],
    },
  },
  "secret-policy-is-checked": {
    good: { yes: [policy] },
    bad: {
      no: [but(policy, { blockPublicPolicy: false })],
      "not said": [but(policy, { blockPublicPolicy: undefined })],
    },
  },
  "secret-rotation-raises-alarms": {
    good: { errors: [secret, rotation, rotating, errors] },
    bad: {
      no: [secret, rotation, rotating],
      "of another function": [secret, rotation, rotating, but(errors, { dimensions: { FunctionName: "other" } })],
      "that nobody reaches": [secret, rotation, rotating, but(errors, { threshold: 1000 })],
      "of calls": [secret, rotation, rotating, but(errors, { metricName: "Invocations" })],
    },
  },
};
