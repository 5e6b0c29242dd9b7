// Functions.

import { a, but, type Cases } from "../a-graph";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:model:live";

const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`;

const model = a("aws:lambda/function:Function", "model", {
  name: "model",
  runtime: "nodejs24.x",
  timeout: 28,
  tracingConfig: { mode: "Active" },
  environment: { variables: { MODELS_DIR: "/opt/models", TOKEN_ISSUER: "https://issuer.example.com/" } },
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1",
  reservedConcurrentExecutions: 50,
  loggingConfig: { logGroup: "/aws/lambda/model" },
  vpcConfig: { subnetIds: ["subnet-1", "subnet-2"] },
});

const variables = (more: object) => but(model, { environment: { variables: { MODELS_DIR: "/opt/models", ...more } } });

const subnet = (number: number, availabilityZone: string) =>
  a("aws:ec2/subnet:Subnet", `subnet-${number}`, { availabilityZone });

const behind = a("aws:apigateway/restApi:RestApi", "api", {
  body: JSON.stringify({
    paths: { "/x": { post: { "x-amazon-apigateway-integration": { type: "aws_proxy", uri } } } },
  }),
});

const log = a("aws:cloudwatch/logGroup:LogGroup", "log", {
  name: "/aws/lambda/model",
  retentionInDays: 365,
  kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/1",
});

const permission = a("aws:lambda/permission:Permission", "invoke", {
  function: "model",
  action: "lambda:InvokeFunction",
  principal: "apigateway.amazonaws.com",
  sourceArn: "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/dev/*",
});

const reading = a("aws:lambda/layerVersionPermission:LayerVersionPermission", "reading", {
  layerName: "models",
  versionNumber: 1,
  action: "lambda:GetLayerVersion",
  principal: "123456789012",
});

const url = a("aws:lambda/functionUrl:FunctionUrl", "url", { functionName: "model", authorizationType: "AWS_IAM" });

const signing = a("aws:lambda/codeSigningConfig:CodeSigningConfig", "signing", {
  policies: { untrustedArtifactOnDeployment: "Enforce" },
});

const signed = but(model, { codeSigningConfigArn: String(signing.outputs.arn) });

export const functions: Cases = {
  "function-is-invoked-by-named-callers": {
    good: {
      "by one API": [model, permission],
      "by an account's role": [
        model,
        but(permission, { principal: "arn:aws:iam::123456789012:role/caller", sourceArn: undefined }),
      ],
      "by an authorizer's call": [
        model,
        but(permission, { sourceArn: "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/authorizers/*" }),
      ],
      "by a bucket of this account": [
        model,
        but(permission, {
          principal: "s3.amazonaws.com",
          sourceArn: "arn:aws:s3:::data",
          sourceAccount: "123456789012",
        }),
      ],
      "by a URL that asks for a signature": [url],
      "a layer, by this account": [model, reading],
    },
    bad: {
      "a layer, by everybody": [but(reading, { principal: "*" })],
      "a layer, by another account": [model, but(reading, { principal: "999999999999" })],
      "by another account": [model, but(permission, { principal: "999999999999", sourceArn: undefined })],
      "by another account's role": [
        model,
        but(permission, { principal: "arn:aws:iam::999999999999:role/caller", sourceArn: undefined }),
      ],
      "by another account's API": [
        model,
        but(permission, { sourceArn: "arn:aws:execute-api:us-east-1:999999999999:a1b2c3/dev/*" }),
      ],
      "by everybody": [but(permission, { principal: "*" })],
      "by every API": [but(permission, { sourceArn: undefined })],
      "by every API of the account": [but(permission, { sourceArn: "arn:aws:execute-api:us-east-1:123456789012:*/*" })],
      "by APIs that begin alike": [
        model,
        but(permission, { sourceArn: "arn:aws:execute-api:us-east-1:123456789012:a*" }),
      ],
      "by APIs that begin alike, on a stage": [
        model,
        but(permission, { sourceArn: "arn:aws:execute-api:us-east-1:123456789012:a1b2c?/dev/*" }),
      ],
      "by a whole account": [model, but(permission, { principal: "123456789012", sourceArn: undefined })],
      "by a whole account, as its root": [
        model,
        but(permission, { principal: "arn:aws:iam::123456789012:root", sourceArn: undefined }),
      ],
      "by a bucket of another account": [
        model,
        but(permission, {
          principal: "s3.amazonaws.com",
          sourceArn: "arn:aws:s3:::data",
          sourceAccount: "999999999999",
        }),
      ],
      "by every account": [but(permission, { sourceArn: "arn:aws:execute-api:us-east-1:*:a1b2c3/dev/*" })],
      "by a bucket that somebody else may own by now": [
        but(permission, { principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::data" }),
      ],
      "to do everything": [but(permission, { action: "lambda:*" })],
      "by an open URL": [but(url, { authorizationType: "NONE" })],
      "by an open URL's permission": [but(permission, { functionUrlAuthType: "NONE" })],
    },
  },
  "function-runtime-is-supported": {
    good: {
      "Node 24": [model],
      "Node 22": [but(model, { runtime: "nodejs22.x" })],
      "an image": [model, but(model, { packageType: "Image", runtime: undefined })],
    },
    bad: {
      "ended in April": [but(model, { runtime: "nodejs20.x" })],
      "ended in October": [but(model, { runtime: "python3.10" })],
      unknown: [but(model, { runtime: "nodejs18.x" })],
      none: [but(model, { runtime: undefined })],
    },
  },
  "function-is-in-a-network": {
    good: { subnets: [model] },
    bad: { none: [but(model, { vpcConfig: undefined })], "no subnets": [but(model, { vpcConfig: { subnetIds: [] } })] },
  },
  "function-spans-two-zones": {
    good: { two: [model], "in two zones": [model, subnet(1, "us-east-1a"), subnet(2, "us-east-1c")] },
    bad: {
      "two in one zone": [model, subnet(1, "us-east-1a"), subnet(2, "us-east-1a")],
      one: [but(model, { vpcConfig: { subnetIds: ["subnet-1"] } })],
      "one twice": [but(model, { vpcConfig: { subnetIds: ["subnet-1", "subnet-1"] } })],
    },
  },
  "function-is-traced": {
    good: { active: [model] },
    bad: {
      "only what is passed on": [but(model, { tracingConfig: { mode: "PassThrough" } })],
      no: [but(model, { tracingConfig: undefined })],
    },
  },
  "function-environment-holds-no-secret": {
    good: {
      "names and addresses": [model],
      "an ARN of a secret": [
        variables({ API_KEY_SECRET_ARN: "arn:aws:secretsmanager:us-west-2:123456789012:secret:key-AbCdEf" }),
      ],
      "a digest": [variables({ DIGEST: "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c" })],
    },
    bad: {
      "a password by name": [variables({ DB_PASSWORD: "hunter2" })],
      "a key by name": [variables({ API_KEY: "abc" })],
      "a marked secret": [{ ...variables({ MODE: "x" }), secrets: ["inputs.environment.variables.MODE"] }],
      "an environment that is secret as a whole": [{ ...model, secrets: ["inputs.environment"] }],
      "an AWS key": [variables({ MODE: "AKIAIOSFODNN7EXAMPLE" })],
      "an API key's value under another name": [
        variables({ MODE: "bm90IGEgcmVhbCBzZWNyZXQ" }),
        a("aws:apigateway/apiKey:ApiKey", "k", {}, { outputs: { value: "bm90IGEgcmVhbCBzZWNyZXQ" } }),
      ],
      "random text": [variables({ MODE: "q7Rt2Zp9Xw4Lm8Vb3Nk6Yh1Jd5" })],
    },
  },
  "function-environment-is-encrypted": {
    good: { "our key": [model] },
    bad: { none: [but(model, { kmsKeyArn: undefined })], empty: [but(model, { kmsKeyArn: "" })] },
  },
  "function-ends-in-time": {
    good: {
      "before the gateway": [model, behind],
      "long, and called by nobody who waits": [but(model, { timeout: 300 })],
    },
    bad: {
      "after the gateway": [but(model, { timeout: 29 }), behind],
      "by default": [but(model, { timeout: undefined })],
    },
  },
  "function-has-its-own-concurrency": {
    good: { reserved: [model], "none at all": [but(model, { reservedConcurrentExecutions: 0 })] },
    bad: {
      "not set": [but(model, { reservedConcurrentExecutions: undefined })],
      "not reserved": [but(model, { reservedConcurrentExecutions: -1 })],
    },
  },
  "function-has-its-own-log": {
    good: { named: [model, log], "by Lambda's name": [but(model, { loggingConfig: undefined }), log] },
    bad: { none: [model], "another function's": [model, but(log, { name: "/aws/lambda/other" })] },
  },
  "function-code-is-signed": {
    good: { enforced: [signed, signing] },
    bad: {
      no: [model],
      "only warned of": [signed, but(signing, { policies: { untrustedArtifactOnDeployment: "Warn" } })],
    },
  },
};
