// Logs, alarms and messages.

import { a, but, type Cases } from "../a-graph";

const log = a("aws:cloudwatch/logGroup:LogGroup", "log", {
  name: "/aws/lambda/model",
  retentionInDays: 365,
  kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/1",
});

const anAlarm = a("aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", {
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:alarms"],
  metricName: "5XXError",
  namespace: "AWS/ApiGateway",
  dimensions: { ApiName: "model" },
  threshold: 1,
});

const queue = a("aws:sqs/queue:Queue", "queue", { kmsMasterKeyId: "alias/model" });

const topic = a("aws:sns/topic:Topic", "topic", { kmsMasterKeyId: "alias/model" });

const alarm = (name: string, inputs: Record<string, unknown>) =>
  a("aws:cloudwatch/metricAlarm:MetricAlarm", name, {
    namespace: "AWS/ApiGateway",
    dimensions: { ApiName: "model-prod", Stage: "prod" },
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    statistic: "Sum",
    period: 300,
    evaluationPeriods: 1,
    threshold: 60,
    ...inputs,
  });

const counted = (metricName: string) => ({
  namespace: "model-prod/api",
  metricName,
  dimensions: undefined,
  period: 60,
});

const count = (name: string, ...statuses: string[]) =>
  a("aws:cloudwatch/logMetricFilter:LogMetricFilter", name, {
    logGroupName: "/aws/apigateway/model-prod",
    pattern: `{ ${statuses.map((status) => `($.status = "${status}")`).join(" || ")} }`,
    metricTransformation: { name, namespace: "model-prod/api", value: "1" },
  });

const stage = a("aws:apigateway/stage:Stage", "stage", {
  restApi: "api",
  stageName: "prod",
  accessLogSettings: { destinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/model-prod" },
});

const api = a("aws:apigateway/restApi:RestApi", "api", { name: "model-prod" });

const errors = alarm("errors", { metricName: "5XXError", threshold: 1 });

const latency = alarm("latency", {
  metricName: "Latency",
  statistic: undefined,
  extendedStatistic: "p99",
  threshold: 1000,
});

const denials = alarm("denials", counted("Denials"));

const throttles = alarm("throttles", { ...counted("Throttles"), evaluationPeriods: 5 });

const denied = count("Denials", "401", "403");

const throttled = count("Throttles", "429");

/** Everything, with these in place of those of the same name and type. */
const all = (...changed: (typeof stage)[]) =>
  [stage, api, errors, latency, denials, throttles, denied, throttled].map(
    (one) => changed.find(({ urn }) => urn === one.urn) ?? one,
  );

const without = (gone: typeof stage) => all().filter((one) => one !== gone);

const httpStage = a("aws:apigatewayv2/stage:Stage", "stage", {
  apiId: "api",
  name: "prod",
  accessLogSettings: stage.inputs.accessLogSettings,
});

const ofHttp = { dimensions: { ApiId: "api", Stage: "prod" } };

const ofVariant = (dimensions: object | undefined, namespace = "AWS/SageMaker") => [
  but(anAlarm, { namespace, dimensions }),
  a("aws:sagemaker/endpoint:Endpoint", "endpoint", { name: "own", endpointConfigName: "configuration" }),
  a("aws:sagemaker/endpointConfiguration:EndpointConfiguration", "configuration", {
    productionVariants: [{ variantName: "all" }],
  }),
];

export const monitoring: Cases = {
  "logs-are-kept-a-year": {
    good: { "a year": [log] },
    bad: {
      "a month": [but(log, { retentionInDays: 30 })],
      "for ever": [but(log, { retentionInDays: undefined })],
      "for ever, in other words": [but(log, { retentionInDays: 0 })],
    },
  },
  "logs-are-encrypted-by-our-key": { good: { "our key": [log] }, bad: { none: [but(log, { kmsKeyId: undefined })] } },
  "alarm-acts": {
    good: { "tells somebody": [anAlarm] },
    bad: {
      "tells nobody": [but(anAlarm, { alarmActions: [] })],
      "is switched off": [but(anAlarm, { actionsEnabled: false })],
    },
  },
  "alarm-watches-something": {
    good: {
      "a variant's metric": ofVariant({ EndpointName: "own", VariantName: "all" }),
      "a metric": [anAlarm],
      "a query": [but(anAlarm, { metricName: undefined, metricQueries: [{ id: "m" }] })],
    },
    bad: {
      "another's endpoint": ofVariant({ EndpointName: "other", VariantName: "all" }),
      "no variant": ofVariant({ EndpointName: "own" }),
      "all endpoints' instances": ofVariant(undefined, "/aws/sagemaker/Endpoints"),
      nothing: [but(anAlarm, { metricName: undefined })],
      "another program's function": [but(anAlarm, { namespace: "AWS/Lambda", dimensions: { FunctionName: "other" } })],
      "a metric of nobody": [but(anAlarm, { dimensions: undefined })],
      "no threshold": [but(anAlarm, { threshold: undefined })],
    },
  },
  "queue-is-encrypted": {
    good: { "by a key": [queue], "by SQS": [but(queue, { kmsMasterKeyId: undefined, sqsManagedSseEnabled: true })] },
    bad: { no: [but(queue, { kmsMasterKeyId: undefined })] },
  },
  "topic-is-encrypted": {
    good: { "by our key": [topic] },
    bad: {
      no: [but(topic, { kmsMasterKeyId: undefined })],
      "by a key that alarms may not use": [but(topic, { kmsMasterKeyId: "alias/aws/sns" })],
    },
  },
  "stage-raises-alarms": {
    good: {
      "all four": all(),
      "of an HTTP API": [
        httpStage,
        a("aws:apigatewayv2/api:Api", "api", { name: "model-prod" }),
        but(errors, { ...ofHttp, metricName: "5xx" }),
        but(latency, ofHttp),
        ...[denials, throttles, denied, throttled],
      ],
    },
    bad: {
      none: [stage, api],
      "none on errors": without(errors),
      "none on latency": without(latency),
      "none on denied calls": without(denials),
      "none on throttled calls": without(throttles),
      "denied calls are not counted": without(denied),
      "denied calls are counted in another log": all(but(denied, { logGroupName: "/aws/lambda/other" })),
      "refused tokens are not counted": all(count("Denials", "403")),
      "denied calls count nothing": all(
        but(denied, { metricTransformation: { name: "Denials", namespace: "model-prod/api", value: "0" } }),
      ),
      "errors of another stage": all(but(errors, { dimensions: { ApiName: "model-prod", Stage: "dev" } })),
      "errors of another API": all(but(errors, { dimensions: { ApiName: "other", Stage: "prod" } })),
      "denials that nobody reaches": all(but(denials, { threshold: 1e12 })),
      "errors that nobody reaches": all(but(errors, { threshold: 1e12 })),
      "a latency above the gateway's timeout": all(but(latency, { threshold: 29_001 })),
      "no threshold": all(but(throttles, { threshold: undefined })),
      "the reverse": all(but(errors, { comparisonOperator: "LessThanThreshold" })),
      "only after a day": all(but(denials, { evaluationPeriods: 1440 })),
      "the least of all errors": all(but(errors, { statistic: "Minimum" })),
    },
  },
};
