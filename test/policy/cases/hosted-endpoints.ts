// SageMaker: the endpoints of models that it hosts.

import { a, but, type Cases, policy } from "../a-graph";

const allow = (Action: string | string[], Resource: string | string[]) => ({ Effect: "Allow", Action, Resource });

const configuration = a("aws:sagemaker/endpointConfiguration:EndpointConfiguration", "configuration", {
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1",
  productionVariants: [{ variantName: "all", instanceType: "ml.m5.large", initialInstanceCount: 2 }],
});

const variant = (changes: object) =>
  but(configuration, {
    kmsKeyArn: undefined,
    productionVariants: [{ instanceType: "ml.m5.large", initialInstanceCount: 2, ...changes }],
  });

const alarm = a("aws:cloudwatch/metricAlarm:MetricAlarm", "errors", { name: "errors" });

const waiting = (waitIntervalInSeconds: number | undefined, alarms: object = [{ alarmName: "errors" }]) => ({
  deploymentConfig: {
    blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: "CANARY", waitIntervalInSeconds } },
    autoRollbackConfiguration: { alarms },
  },
});

const endpoint = a("aws:sagemaker/endpoint:Endpoint", "endpoint/own", { name: "own", ...waiting(600) });

const engine = (
  environment: object | undefined,
  image = "1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:1",
) => a("aws:sagemaker/model:Model", "model", { primaryContainer: { image, environment } });

const log = (name: string) => a("aws:cloudwatch/logGroup:LogGroup", "log", { name });

const owned = a("aws:iam/role:Role", "function");
const caller = (Resource: string | string[], Action: string | string[] = "sagemaker:InvokeEndpoint") => [
  owned,
  endpoint,
  a("aws:iam/rolePolicy:RolePolicy", "calls", { role: "function", policy: policy(allow(Action, Resource)) }),
];
const own = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/own";

export const hostedEndpoints: Cases = {
  "endpoint-survives-an-instance": {
    good: { two: [configuration] },
    bad: { one: [variant({ initialInstanceCount: 1 })], none: [but(configuration, { productionVariants: [] })] },
  },
  "endpoint-disks-are-encrypted-by-our-key": {
    good: { "our key": [configuration], "disks of its own": [variant({ instanceType: "ml.g5.xlarge" })] },
    bad: {
      "no key": [variant({})],
      "AWS's key": [but(configuration, { kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:alias/aws/ebs" })],
      "one of two": [
        but(configuration, {
          kmsKeyArn: undefined,
          productionVariants: [{ instanceType: "ml.g5.xlarge" }, { instanceType: "ml.c6in.large" }],
        }),
      ],
      nothing: [but(configuration, { kmsKeyArn: undefined, productionVariants: [] })],
    },
  },
  "endpoint-shows-no-requests": {
    good: {
      "it says nothing": [configuration],
      "its engine writes little": [engine({ SAGEMAKER_TRITON_LOG_VERBOSE: "0" })],
      "another engine": [engine({}, "1.dkr.ecr.us-east-1.amazonaws.com/own:1")],
      "it says no": [but(configuration, { dataCaptureConfig: { enableCapture: false } })],
    },
    bad: {
      captures: [but(configuration, { dataCaptureConfig: { enableCapture: true } })],
      "captures by default": [but(configuration, { dataCaptureConfig: { destinationS3Uri: "s3://b" } })],
      shadows: [but(configuration, { shadowProductionVariants: [{ instanceType: "ml.m5.large" }] })],
      "core dumps": [variant({ coreDumpConfig: { destinationS3Uri: "s3://b" } })],
      "verbose by default": [engine(undefined)],
      verbose: [engine({ SAGEMAKER_TRITON_LOG_VERBOSE: "1" })],
      "a shell": [variant({ enableSsmAccess: true })],
    },
  },
  "endpoint-is-called-by-name": {
    good: {
      "by a role": caller(own),
      "in the capitals of its name": caller(own.replace("own", "Own")),
      "through a VPC endpoint": [
        owned,
        endpoint,
        a("aws:ec2/vpcEndpoint:VpcEndpoint", "e", { policy: policy(allow("sagemaker:InvokeEndpoint", own)) }),
      ],
    },
    bad: {
      "all endpoints": caller("*"),
      "all whose name begins so": caller(`${own}*`),
      "another's": caller([own, own.replace("own", "other")]),
      "by a wildcard": caller("*", "sagemaker:Invoke*"),
      asynchronously: caller("*", ["sagemaker:InvokeEndpointAsync"]),
      "all but": [
        owned,
        endpoint,
        a("aws:iam/rolePolicy:RolePolicy", "more", {
          policy: policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
          role: "function",
        }),
      ],
      "all but one": [
        owned,
        endpoint,
        a("aws:iam/rolePolicy:RolePolicy", "calls", {
          role: "function",
          policy: policy({ Effect: "Allow", Action: "sagemaker:InvokeEndpoint", NotResource: own }),
        }),
      ],
      "through a VPC endpoint": [
        owned,
        endpoint,
        a("aws:ec2/vpcEndpoint:VpcEndpoint", "e", { policy: policy(allow("sagemaker:InvokeEndpoint", "*")) }),
      ],
    },
  },
  "endpoint-has-its-own-log": {
    good: { declared: [endpoint, log("/aws/sagemaker/Endpoints/own")] },
    bad: { none: [endpoint], "another's": [endpoint, log("/aws/sagemaker/Endpoints/other")] },
  },
  "endpoint-update-rolls-back": {
    good: {
      "blue and green": [endpoint, alarm],
      rolling: [
        but(endpoint, {
          deploymentConfig: {
            rollingUpdatePolicy: { maximumBatchSize: { value: 1 }, waitIntervalInSeconds: 300 },
            autoRollbackConfiguration: { alarms: [{ alarmName: "errors" }] },
          },
        }),
        alarm,
      ],
    },
    bad: {
      nothing: [but(endpoint, { deploymentConfig: undefined }), alarm],
      "no time": [but(endpoint, waiting(0)), alarm],
      "no time named": [but(endpoint, waiting(undefined)), alarm],
      "no alarm": [but(endpoint, waiting(600, [])), alarm],
      "another's alarm": [but(endpoint, waiting(600, [{ alarmName: "errors" }, { alarmName: "x" }])), alarm],
    },
  },
};
