import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { type Graph, ofType } from "../../graph/resource";
import { logLine } from "../../lambda/core/protocol/log-record";
import { measuresLine } from "../../lambda/core/rotation/rotation-record";
import { only } from "./only";
import { measuresOf } from "../../local/metrics/embedded-metrics";

interface Table {
  readonly metrics: readonly string[];
  readonly dimensions: readonly (readonly string[])[];
}

/** What services of AWS emit, from their documentation. */
const documented = JSON.parse(readFileSync(join(__dirname, "aws-metrics.json"), "utf8")) as Record<
  string,
  Table & { readonly REST: Table; readonly HTTP: Table }
>;

interface Metric {
  readonly alarm: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

let whole: Promise<Graph> | undefined;
/** One of the models of the tests behind an endpoint. */
const withEndpoint = {
  modelsFolder: "test/fixtures/models",
  defaultModel: "add",
  endpoints: [{ model: "zipmap", instanceType: "ml.m5.large" }],
};
/** The prod stack with an endpoint; evaluated once where nothing else is set. */
const prod = (set?: Record<string, unknown>): Promise<Graph> =>
  set === undefined ? (whole ??= evaluate({ stack: "prod", set: withEndpoint })) : evaluate({ stack: "prod", set });

/** Every metric that an alarm watches, by itself or in a formula. */
function watched(graph: Graph): Metric[] {
  return ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").flatMap(({ name: alarm, inputs }) => {
    const queries = (inputs.metricQueries ?? []) as { metric?: Record<string, unknown> }[];
    const all: Readonly<Record<string, unknown>>[] =
      inputs.metricName === undefined ? queries.flatMap(({ metric }) => (metric ? [metric] : [])) : [inputs];
    return all.map((metric) => ({
      alarm,
      namespace: String(metric.namespace),
      name: String(metric.metricName),
      dimensions: (metric.dimensions ?? {}) as Record<string, string>,
    }));
  });
}

/** Whether a service of AWS emits the metric, and for something that this very graph has. */
function byService(graph: Graph, { namespace, name, dimensions }: Metric): boolean {
  if (!Object.hasOwn(documented, namespace)) return false;
  const isOurs: Record<string, (value: string) => boolean> = {
    ApiName: (value) => ofType(graph, "aws:apigateway/restApi:RestApi").some(({ outputs }) => outputs.name === value),
    ApiId: (value) => ofType(graph, "aws:apigatewayv2/api:Api").some(({ id }) => id === value),
    Stage: (value) => stagesOf(graph, dimensions).includes(value),
    FunctionName: (value) =>
      ofType(graph, "aws:lambda/function:Function").some(({ outputs }) => outputs.name === value),
    PipelineName: (value) =>
      ofType(graph, "aws:sagemaker/pipeline:Pipeline").some(({ inputs }) => inputs.pipelineName === value),
    EndpointName: (value) =>
      ofType(graph, "aws:sagemaker/endpoint:Endpoint").some(({ inputs }) => inputs.name === value),
    VariantName: (value) =>
      ofType(graph, "aws:sagemaker/endpointConfiguration:EndpointConfiguration").some(({ inputs }) =>
        (inputs.productionVariants as { variantName: string }[]).some(({ variantName }) => variantName === value),
      ),
  };
  const table = documented[namespace]!;
  const tables = namespace === "AWS/ApiGateway" ? [table.REST, table.HTTP] : [table];
  const keys = Object.keys(dimensions).sort().join();
  return (
    tables.some((one) => one.metrics.includes(name) && one.dimensions.some((set) => [...set].sort().join() === keys)) &&
    Object.entries(dimensions).every(([key, value]) => isOurs[key]?.(value) === true)
  );
}

function stagesOf(graph: Graph, { ApiName, ApiId }: Readonly<Record<string, string>>): unknown[] {
  const api = ofType(graph, "aws:apigateway/restApi:RestApi").find(({ outputs }) => outputs.name === ApiName);
  return [
    ...ofType(graph, "aws:apigateway/stage:Stage").filter(({ inputs }) => inputs.restApi === api?.id),
    ...ofType(graph, "aws:apigatewayv2/stage:Stage").filter(({ inputs }) => inputs.apiId === ApiId),
  ].map(({ inputs }) => inputs.stageName ?? inputs.name);
}

/** Whether a log line of a function carries the metric: lines as the functions' own code writes them. */
function byLogLine(graph: Graph, { namespace, name, dimensions }: Metric): boolean {
  const lambda = only(graph, "aws:lambda/function:Function", /^model-function$/);
  const { variables } = lambda.inputs.environment as { variables: Record<string, string> };
  const entry = {
    ...{
      level: "info" as const,
      route: "POST /mymodel",
      model: withEndpoint.defaultModel,
      status: 200,
      ms: 1,
      requestId: "",
      traceId: "",
    },
    ...{ principal: "", client: "", variant: "canary" as const },
  };
  const lines = [
    logLine(entry, false, variables["METRICS_NAMESPACE"]!, 0),
    measuresLine({ keys: 1, keyAge: 1, pendingAge: 1 }, variables["METRICS_NAMESPACE"]!, 0),
  ];
  return lines
    .flatMap(measuresOf)
    .some(
      (measure) =>
        measure.namespace === namespace &&
        measure.name === name &&
        JSON.stringify(measure.dimensions) === JSON.stringify(dimensions),
    );
}

/** Whether a metric filter makes the metric, of a log that an API's stage really writes. */
function byFilter(graph: Graph, { namespace, name, dimensions }: Metric): boolean {
  if (Object.keys(dimensions).length > 0) return false;
  return ofType(graph, "aws:cloudwatch/logMetricFilter:LogMetricFilter").some(({ inputs }) => {
    const transformation = inputs.metricTransformation as Record<string, unknown>;
    const group = ofType(graph, "aws:cloudwatch/logGroup:LogGroup").find(
      ({ outputs }) => outputs.name === inputs.logGroupName,
    );
    const written = [
      ...ofType(graph, "aws:apigateway/stage:Stage"),
      ...ofType(graph, "aws:apigatewayv2/stage:Stage"),
    ].some(
      (stage) =>
        (stage.inputs.accessLogSettings as { destinationArn: unknown }).destinationArn === group?.outputs.arn &&
        (stage.inputs.accessLogSettings as { format: string }).format.includes('"status":"$context.status"'),
    );
    return written && transformation.namespace === namespace && transformation.name === name;
  });
}

const emitted = (graph: Graph, metric: Metric): boolean =>
  byService(graph, metric) || byLogLine(graph, metric) || byFilter(graph, metric);

describe("Infrastructure: the alarms", () => {
  it("watch, each of them, a metric that something really emits", async () => {
    const graph = await prod();
    const metrics = watched(graph);
    const alarms = ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm");
    expect(new Set(metrics.map(({ alarm }) => alarm)).size).to.equal(alarms.length);
    expect(alarms.length).to.be.at.least(20);
    expect(metrics.filter((metric) => !emitted(graph, metric))).to.deep.equal([]);
  });

  it("would be caught watching nothing", async () => {
    const graph = await prod();
    const good = watched(graph).find(({ alarm }) => alarm === "operations-apiGateway-errors")!;
    const denials = watched(graph).find(({ alarm }) => alarm === "operations-httpApi-denials")!;
    expect([emitted(graph, good), emitted(graph, denials)]).to.deep.equal([true, true]);
    const wrong: Metric[] = [
      { ...good, name: "5xx" },
      { ...good, name: "5xxError" },
      { ...good, dimensions: { ApiName: "another", Stage: "prod" } },
      { ...good, dimensions: { ...good.dimensions, Stage: "dev" } },
      { ...good, dimensions: {} },
      { ...good, namespace: "AWS/APIGateway" },
      { ...denials, name: "Denied" },
      { ...denials, namespace: "model-serving-prod" },
    ];
    expect(wrong.filter((metric) => emitted(graph, metric))).to.deep.equal([]);
  });

  it("cover every API and every function behind one, by errors, slowness, denials, throttles and bounds", async () => {
    const names = ofType(await prod(), "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    const apis = ["apiGateway", "auth0Authorizer", "httpApi"].flatMap((api) =>
      ["denials", "errors", "latency", "throttles"].map((role) => `operations-${api}-${role}`),
    );
    const functions = ["auth0Authorizer-authorizer", "model"].flatMap((name) =>
      ["concurrency", "errors", "throttles"].map((role) => `operations-${name}-function-${role}`),
    );
    expect(names.filter((name) => name.startsWith("operations-"))).to.have.members([...apis, ...functions]);
  });

  it("take their numbers from the settings", async () => {
    const graph = await prod({ latencyTarget: 250, refusalsPerMinute: 7, modelConcurrency: 40 });
    const alarm = (name: string) =>
      only(graph, "aws:cloudwatch/metricAlarm:MetricAlarm", new RegExp(`^${name}$`)).inputs;
    expect(alarm("operations-apiGateway-latency")).to.deep.include({
      extendedStatistic: "p99",
      threshold: 250,
      dimensions: { ApiName: "model-serving-prod-apiGateway", Stage: "prod" },
    });
    expect(alarm("operations-apiGateway-denials")).to.include({ threshold: 7, period: 60, statistic: "Sum" });
    expect(alarm("operations-model-function-concurrency")).to.include({ threshold: 32, statistic: "Maximum" });
  });

  it("go to the one topic of their region, which is encrypted, tells the address, and lets nobody else publish", async () => {
    const lambda = "arn:aws:lambda:us-east-1:123456789012:function";
    // An alarm acts in its own region alone; the rotation's stand where the secret is.
    for (const secretsRegion of ["us-west-2", "us-east-1"]) {
      const graph = await prod({ secretsRegion });
      const topics = ofType(graph, "aws:sns/topic:Topic");
      expect(topics.map(({ name }) => name)).to.have.members(["alarms-topic", "secrets-alarms-topic"]);
      for (const topic of topics) {
        const ofRotation = topic.name.startsWith("secrets-");
        const region = ofRotation ? secretsRegion : "us-east-1";
        expect(topic.outputs["arn"]).to.match(new RegExp(`^arn:aws:sns:${region}:`));
        const key = only(graph, "aws:kms/key:Key", ofRotation ? /^secrets-kms-key$/ : /^encryption-key$/);
        expect(topic.inputs).to.deep.equal({ kmsMasterKeyId: key.outputs["arn"] });
        const about = (type: string) =>
          ofType(graph, type).filter(({ name }) => name.startsWith("secrets-") === ofRotation);
        const told = about("aws:cloudwatch/metricAlarm:MetricAlarm");
        expect(told.length).to.be.at.least(3);
        for (const { name, inputs, outputs } of told) {
          expect(outputs["arn"], name).to.match(new RegExp(`^arn:aws:cloudwatch:${region}:`));
          // A canary's alarm acts by itself, too.
          const acts = name === "sagemaker-publication-canary" ? [`${lambda}:model-serving-prod-publisher:live`] : [];
          expect(inputs["alarmActions"], name).to.deep.equal([...acts, topic.outputs["arn"]]);
        }
        expect(about("aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => inputs)).to.deep.equal([
          { topic: topic.outputs["arn"], protocol: "email", endpoint: "ops@example.com" },
        ]);
        const policies = about("aws:sns/topicPolicy:TopicPolicy").map(
          ({ inputs }) => JSON.parse(String(inputs["policy"])) as unknown,
        );
        expect(policies).to.deep.equal([
          {
            Version: "2012-10-17",
            Statement: [
              {
                Sid: "Alarms",
                Effect: "Allow",
                Principal: { Service: "cloudwatch.amazonaws.com" },
                Action: "sns:Publish",
                Resource: topic.outputs["arn"],
                Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
              },
              {
                Sid: "Rules",
                Effect: "Allow",
                Principal: { Service: "events.amazonaws.com" },
                Action: "sns:Publish",
                Resource: topic.outputs["arn"],
              },
              {
                Sid: "DenyPlainHttp",
                Effect: "Deny",
                Principal: "*",
                Action: "sns:Publish",
                Resource: topic.outputs["arn"],
                Condition: { Bool: { "aws:SecureTransport": "false" } },
              },
            ],
          },
        ]);
      }
    }
  });

  it("of the training are told without those of the APIs, and lend the training's key to no service", async () => {
    const graph = await evaluate({ stack: "dev", set: { sagemaker: true } });
    const topic = only(graph, "aws:sns/topic:Topic", /^alarms-topic$/);
    const alarms = ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm");
    expect(alarms.map(({ name }) => name)).to.have.members([
      "sagemaker-alarms-execution-failed",
      "sagemaker-alarms-publication-failed",
      "sagemaker-publication-canary",
    ]);
    for (const { inputs } of alarms) expect(inputs["alarmActions"]).to.include(topic.outputs["arn"]);
    expect(graph.outputs.alarmTopicArn).to.equal(topic.outputs["arn"]);
    const policy = String(only(graph, "aws:kms/key:Key", /^sagemaker-kms-key$/).inputs["policy"]);
    expect((JSON.parse(policy) as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid)).to.deep.equal([
      "Administration",
    ]);
  });

  it("lets what publishes to a topic use its key: alarms and rules, for this account", async () => {
    const graph = await prod();
    const use = { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*" };
    for (const { inputs, outputs } of ofType(graph, "aws:sns/topic:Topic")) {
      const key = ofType(graph, "aws:kms/key:Key").find((one) => one.outputs["arn"] === inputs["kmsMasterKeyId"])!;
      const { Statement } = JSON.parse(String(key.inputs["policy"])) as { Statement: { Sid: string }[] };
      const topics = String(outputs["arn"]).replace(/[^:]*$/, "*");
      expect(Statement.slice(2), key.name).to.deep.equal([
        {
          ...use,
          Sid: "Alarms",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
        {
          ...use,
          Sid: "Rules",
          Principal: { Service: "events.amazonaws.com" },
          // EventBridge's calls satisfy no condition on their source: with one, every message of a rule would be lost.
          Condition: { ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": topics } },
        },
      ]);
    }
  });

  it("ask for an address, and are not there where nobody asked for them", async () => {
    const missing = await evaluate({ stack: "dev", set: { alarms: true }, examples: false }).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(missing).to.match(/alarmEmail: is not set .*: pulumi config set alarmEmail "ops@example.com"/);
    const dev = await evaluate({ stack: "dev" });
    expect(ofType(dev, "aws:cloudwatch/metricAlarm:MetricAlarm")).to.deep.equal([]);
    expect(ofType(dev, "aws:sns/topic:Topic")).to.deep.equal([]);
  });

  it("each name a section of the runbook that exists", async () => {
    const runbook = readFileSync(join(__dirname, "../../docs/runbook.md"), "utf8");
    const sections = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!.toLowerCase().replace(/[^a-z0-9]+/g, "-"),
    );
    for (const { name, inputs } of ofType(await prod(), "aws:cloudwatch/metricAlarm:MetricAlarm")) {
      const [, section] = /docs\/runbook\.md#([\w-]+)$/.exec(String(inputs["alarmDescription"])) ?? [];
      expect(sections, name).to.include(section);
    }
  });
});

describe("Infrastructure: the dashboard", () => {
  it("shows every API and function of the stack by metrics that are emitted, two charts a row", async () => {
    const graph = await prod();
    const { dashboardName, dashboardBody } = only(graph, "aws:cloudwatch/dashboard:Dashboard").inputs;
    expect(dashboardName).to.equal("model-serving-prod");
    const { widgets } = JSON.parse(String(dashboardBody)) as {
      widgets: { x: number; y: number; properties: { title: string; region: string; metrics: unknown[][] } }[];
    };
    expect(widgets.map(({ properties }) => properties.title)).to.include.members([
      ...["apiGateway: calls", "auth0Authorizer: calls", "httpApi: calls", "model: milliseconds"],
      "Endpoint of zipmap: calls",
      "Models and clients: requests",
    ]);
    expect(new Set(widgets.map(({ x, y }) => `${x} ${y}`)).size).to.equal(widgets.length);
    const shown = widgets
      .flatMap(({ properties }) => properties.metrics)
      .filter(([first]) => typeof first === "string");
    for (const [namespace, name, ...rest] of shown) {
      const pairs = rest.filter((part): part is string => typeof part === "string");
      const dimensions = Object.fromEntries(
        pairs.flatMap((key, index) => (index % 2 === 0 ? [[key, pairs[index + 1]!] as const] : [])),
      );
      const metric = { alarm: "", namespace: String(namespace), name: String(name), dimensions };
      expect(emitted(graph, metric), JSON.stringify(metric)).to.equal(true);
    }
  });

  it("is there for a development stack too, without what only alarms count", async () => {
    const body = String(
      only(await evaluate({ stack: "dev" }), "aws:cloudwatch/dashboard:Dashboard").inputs["dashboardBody"],
    );
    expect(body).to.include("apiGateway: calls").and.not.include("Denials");
  });
});
