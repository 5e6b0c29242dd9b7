// What functions run, whom they call, and who calls them by which source.

import { a, but, type Cases } from "../a-graph";

const object = a(
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "code",
  { bucket: "code", key: "model.zip" },
  { outputs: { versionId: "v1" } },
);
const from = { s3Bucket: "code", s3Key: "model.zip", s3ObjectVersion: "v1" };
const fn = (inputs: object) => [object, a("aws:lambda/function:Function", "model", { ...from, ...inputs })];
const layer = (inputs: object) => [
  object,
  a("aws:lambda/layerVersion:LayerVersion", "library", { ...from, ...inputs }),
];
const pipeline = (place: object) => [
  object,
  a("aws:sagemaker/pipeline:Pipeline", "training", {
    pipelineDefinitionS3Location: { bucket: "code", objectKey: "model.zip", versionId: "v1", ...place },
  }),
];
const image = (imageUri: string) => [a("aws:lambda/function:Function", "model", { packageType: "Image", imageUri })];
const registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com/model";

const permission = (principal: string, sourceArn?: string) => [
  a("aws:lambda/permission:Permission", "p", { principal, sourceArn }),
];
const api = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/dev/*";

const calls = (variables: object) => [
  a("aws:apigateway/restApi:RestApi", "a1b2c3d4e5"),
  a("aws:apigateway/domainName:DomainName", "domain", { domainName: "model.example.com" }),
  a("aws:lambda/function:Function", "rotation", { environment: { variables } }),
];

export const code: Cases = {
  "code-is-pinned": {
    good: {
      "a function's": fn({}),
      "a layer's": layer({}),
      "a pipeline's": pipeline({}),
      "an image": image(`${registry}@sha256:${"0".repeat(64)}`),
      "in the program": [a("aws:lambda/function:Function", "model", { code: { archive: { files: {} } } })],
    },
    bad: {
      "a function's, to none": fn({ s3ObjectVersion: undefined }),
      "a function's, to another": fn({ s3ObjectVersion: "v0" }),
      "in a bucket of somebody": fn({ s3Bucket: "another-code" }),
      "under another key": fn({ s3Key: "other.zip" }),
      "a layer's, to none": layer({ s3ObjectVersion: undefined }),
      "a layer's, nowhere": layer({ s3Key: undefined }),
      "a pipeline's, to none": pipeline({ versionId: undefined }),
      "a pipeline's, to another": pipeline({ versionId: "v0" }),
      "an image, by its tag": image(`${registry}:latest`),
    },
  },
  "permission-fits-its-source": {
    good: {
      "an API": permission("apigateway.amazonaws.com", api),
      "a rule": permission("events.amazonaws.com", "arn:aws:events:us-east-1:123456789012:rule/approved"),
      "an alarm": permission(
        "lambda.alarms.cloudwatch.amazonaws.com",
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors",
      ),
      "logs of a region": permission(
        "logs.us-east-1.amazonaws.com",
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/x:*",
      ),
    },
    bad: {
      "machines, for an API": permission("ec2.amazonaws.com", api),
      "rules, for an API": permission("events.amazonaws.com", api),
    },
  },
  "function-calls-named-hosts": {
    good: {
      "the API": calls({ API_URL: "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/dev" }),
      "its domain": calls({ API_URL: "https://model.example.com" }),
      "an issuer that is accepted": calls({ TOKEN_ISSUER: "https://issuer.example.com/" }),
    },
    bad: {
      "a stranger": calls({ API_URL: "https://attacker.example.net" }),
      "a longer name": calls({ API_URL: "https://model.example.com.attacker.example.net" }),
      "in clear text": calls({ API_URL: "http://model.example.com" }),
      "an issuer in clear text": calls({ TOKEN_ISSUER: "http://issuer.example.com/" }),
      "the same function, otherwise": [
        ...calls({}).slice(0, 2),
        but(calls({})[2]!, { environment: { variables: { U: "https://x" } } }),
      ],
    },
  },
};
