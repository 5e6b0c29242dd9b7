import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { ModelManifest } from "../../../contract";
import { evaluate, projectRoot } from "../../../graph/evaluate";
import { archived, type Asset, type Graph, ofType, type Resource } from "../../../graph/resource";
import { account } from "../../../graph/types/resource-type";
import { endpointName } from "../../../infra/base/endpoint-name";
import { deploymentConfig } from "../../../infra/endpoint/production-variant";
import { onnxFile } from "../../fixtures/onnx-file";
import { only } from "../only";

const cpu = { model: "mymodel", instanceType: "ml.m5.large" };
const deployed = (set: Record<string, unknown> = {}, endpoint: Record<string, unknown> = cpu) =>
  evaluate({ stack: "dev", set: { endpoints: [endpoint], ...set } });

const objects = (graph: Graph): Resource[] =>
  ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").filter(({ inputs }) =>
    String(inputs.key).startsWith("endpoints/"),
  );
const contentOf = ({ inputs }: Resource): Buffer => {
  const { asset } = inputs.source as Asset;
  return "text" in asset ? Buffer.from(asset.text) : readFileSync(asset.path);
};
const sha256 = (content: Buffer | string): string => createHash("sha256").update(content).digest("hex");
const manifestOf = (graph: Graph): ModelManifest => {
  const file = archived(only(graph, "aws:s3/bucketObjectv2:BucketObjectv2", /^model-code$/))["models.json"]!;
  return JSON.parse((file as { text: string }).text) as ModelManifest;
};
const policyOf = (graph: Graph, name: RegExp): unknown =>
  JSON.parse(String(only(graph, "aws:iam/rolePolicy:RolePolicy", name).inputs.policy));

/** A folder with a model that has external data; the caller removes it. */
function folderWith(bytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), "models-"));
  mkdirSync(join(folder, "large"));
  writeFileSync(join(folder, "large", "model.onnx"), onnxFile({ external: "weights.bin" }));
  writeFileSync(join(folder, "large", "weights.bin"), "");
  truncateSync(join(folder, "large", "weights.bin"), bytes);
  return folder;
}

describe("Infrastructure: a model's endpoint", () => {
  let graph: Graph;
  before(async () => void (graph = await deployed()));

  it("has the model as Triton's repository holds it, at a place that its content names", () => {
    const model = readFileSync(join(projectRoot, "models/mymodel/model.onnx"));
    const digest = sha256(model);
    const config = [
      `name: "${digest}"`,
      'backend: "onnxruntime"',
      "max_batch_size: 6291456",
      "instance_group [ { count: 1 kind: KIND_CPU } ]",
      "dynamic_batching { preferred_batch_size: [ 64 ] }",
      "",
    ].join("\n");
    const lines = [`${sha256(model)}  ${digest}/1/model.onnx\n`, `${sha256(config)}  ${digest}/config.pbtxt\n`];
    const prefix = `endpoints/mymodel/${sha256(lines.sort().join(""))}/`;
    const found = new Map(objects(graph).map((object) => [String(object.inputs.key), contentOf(object)]));
    expect(found.get(`${prefix}${digest}/config.pbtxt`)?.toString()).to.equal(config);
    expect(found.get(`${prefix}${digest}/1/model.onnx`)?.equals(model)).to.equal(true);
    expect(found.size).to.equal(2);
    const bucket = only(graph, "aws:s3/bucket:Bucket", /code-bucket/).id;
    const { executionRoleArn, ...container } = only(graph, "aws:sagemaker/model:Model").inputs;
    expect(executionRoleArn).to.equal(only(graph, "aws:iam/role:Role", /^endpoint-mymodel-role/).outputs.arn);
    expect(container).to.deep.equal({
      enableNetworkIsolation: true,
      primaryContainer: {
        image: "763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:25.04-py3",
        environment: { SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: digest, SAGEMAKER_TRITON_LOG_VERBOSE: "0" },
        modelDataSource: {
          s3DataSources: [{ s3DataType: "S3Prefix", compressionType: "None", s3Uri: `s3://${bucket}/${prefix}` }],
        },
      },
    });
  });

  it("runs on instances with encrypted volumes, and captures nothing", () => {
    const { productionVariants, ...inputs } = only(
      graph,
      "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    ).inputs;
    expect(inputs).to.deep.equal({ kmsKeyArn: ofType(graph, "aws:kms/key:Key")[0]!.outputs.arn });
    expect(productionVariants).to.deep.equal([
      {
        variantName: "AllTraffic",
        modelName: only(graph, "aws:sagemaker/model:Model").outputs.name,
        instanceType: "ml.m5.large",
        initialInstanceCount: 1,
        modelDataDownloadTimeoutInSeconds: 601,
        containerStartupHealthCheckTimeoutInSeconds: 601,
      },
    ]);
  });

  it("has a role that reads its repositories and writes its log, and that SageMaker alone assumes", () => {
    const bucket = `arn:aws:s3:::${only(graph, "aws:s3/bucket:Bucket", /code-bucket/).id}`;
    const key = ofType(graph, "aws:kms/key:Key")[0]!.outputs.arn;
    const role = only(graph, "aws:iam/role:Role", /^endpoint-mymodel-role/);
    expect(JSON.parse(String(role.inputs.assumeRolePolicy))).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "sagemaker.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
      ],
    });
    expect(policyOf(graph, /^endpoint-mymodel-policy/)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Repository",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: [`${bucket}/endpoints/mymodel/*`],
        },
        {
          Sid: "RepositoryNames",
          Effect: "Allow",
          Action: "s3:ListBucket",
          Resource: bucket,
          Condition: { StringLike: { "s3:prefix": ["endpoints/mymodel/*"] } },
        },
        { Sid: "Encryption", Effect: "Allow", Action: "kms:Decrypt", Resource: key },
        {
          Sid: "Volumes",
          Effect: "Allow",
          Action: "kms:CreateGrant",
          Resource: key,
          Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
        },
        {
          Sid: "Image",
          Effect: "Allow",
          Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
          Resource: "arn:aws:ecr:us-east-1:763104351884:repository/sagemaker-tritonserver",
        },
        { Sid: "Registry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
        {
          Sid: "Logs",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          Resource: `arn:aws:logs:us-east-1:${account}:log-group:/aws/sagemaker/Endpoints/model-serving-dev-mymodel:*`,
        },
        {
          Sid: "Metrics",
          Effect: "Allow",
          Action: "cloudwatch:PutMetricData",
          Resource: "*",
          Condition: { StringEquals: { "cloudwatch:namespace": "/aws/sagemaker/Endpoints" } },
        },
      ],
    });
  });

  it("is called by the model function, which calls no other", () => {
    expect(policyOf(graph, /^model-endpoints/)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Endpoints",
          Effect: "Allow",
          Action: "sagemaker:InvokeEndpoint",
          Resource: [`arn:aws:sagemaker:us-east-1:${account}:endpoint/model-serving-dev-mymodel`],
        },
      ],
    });
    expect(manifestOf(graph).models["mymodel"]?.endpoint).to.deep.equal({
      name: "model-serving-dev-mymodel",
      signature: {
        inputs: [{ name: "features", datatype: "FP32", shape: [-1, 4] }],
        outputs: [
          { name: "label", datatype: "INT64", shape: [-1], type: "tensor(int64)" },
          { name: "probabilities", datatype: "FP32", shape: [-1, 3], type: "tensor(float)" },
        ],
      },
    });
  });

  it("is there before the function calls it", () => {
    const endpoint = only(graph, "aws:sagemaker/endpoint:Endpoint").urn;
    const seen = new Set<string>();
    const reach = (urn: string): boolean => {
      if (urn === endpoint) return true;
      if (seen.has(urn)) return false;
      seen.add(urn);
      return graph.resources.find((each) => each.urn === urn)?.dependencies.some(reach) ?? false;
    };
    expect(reach(only(graph, "aws:lambda/function:Function", /^model-function/).urn)).to.equal(true);
  });

  it("leaves the other models in the function, with what each had", async () => {
    const set = { modelsFolder: "test/fixtures/models", defaultModel: "add" };
    const [without, some] = [await evaluate({ stack: "dev", set }), await deployed(set, { ...cpu, model: "zipmap" })];
    const { zipmap, ...others } = manifestOf(some).models;
    const { zipmap: before, ...same } = manifestOf(without).models;
    expect(others).to.deep.equal(same);
    expect({ ...zipmap, endpoint: undefined }).to.deep.equal({ ...before, endpoint: undefined });
    const layer = (of: Graph) => archived(only(of, "aws:s3/bucketObjectv2:BucketObjectv2", /^model-models$/));
    expect(Object.keys(layer(without)).filter((path) => !(path in layer(some)))).to.deep.equal([
      "models/zipmap/model.onnx",
    ]);
    expect(zipmap!.endpoint!.signature.outputs.find(({ tensor }) => tensor !== undefined)).to.include({
      type: "seq(map(int64,tensor(float)))",
    });
  });

  it("takes a model that is larger than a function takes, with its external data", async () => {
    const folder = folderWith(300 * 1024 * 1024);
    try {
      const set = { modelsFolder: folder, defaultModel: "large" };
      await evaluate({ stack: "dev", set }).then(
        () => expect.fail("the function took it"),
        (error: Error) => expect(error.message).to.match(/holds 301 MB; .*give one an endpoint/),
      );
      const large = await deployed(set, { ...cpu, model: "large" });
      const { digest, files } = manifestOf(large).models["large"]!;
      expect(files.find(({ path }) => path === "weights.bin")).to.include({ bytes: 300 * 1024 * 1024 });
      const keys = objects(large).map(({ inputs }) => String(inputs.key).split("/").slice(3).join("/"));
      expect(keys.sort()).to.deep.equal([
        `${digest}/1/model.onnx`,
        `${digest}/1/weights.bin`,
        `${digest}/config.pbtxt`,
      ]);
      const variants = only(large, "aws:sagemaker/endpointConfiguration:EndpointConfiguration").inputs
        .productionVariants as Record<string, unknown>[];
      expect(variants[0]).to.include({ modelDataDownloadTimeoutInSeconds: 631 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says what keeps a model from an endpoint", async () => {
    await deployed({ modelsFolder: "test/fixtures/models", defaultModel: "add" }, { ...cpu, model: "scalar" }).then(
      () => expect.fail("it was taken"),
      (error: Error) => expect(error.message).to.match(/scalar\/model\.onnx has an input without dimensions/),
    );
  });

  it("has no key for the disks of an instance, which refuses one, and a driver for its GPU", async () => {
    const gpu = await deployed({}, { ...cpu, instanceType: "ml.g5.xlarge" });
    const { kmsKeyArn, productionVariants } = only(
      gpu,
      "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    ).inputs;
    expect(kmsKeyArn).to.equal(undefined);
    expect((productionVariants as object[])[0]).to.include({
      inferenceAmiVersion: "al2023-ami-sagemaker-inference-gpu-4-1",
    });
    expect(JSON.stringify(policyOf(gpu, /^endpoint-mymodel-policy/))).not.to.include("kms:CreateGrant");
    const config = objects(gpu).find(({ inputs }) => String(inputs.key).endsWith("config.pbtxt"))!;
    expect(contentOf(config).toString()).to.include("KIND_GPU");
  });

  it("follows the requests with the number of its instances", async () => {
    const scaled = await deployed({}, { ...cpu, minInstances: 2, maxInstances: 5, invocationsPerInstance: 900 });
    const place = {
      serviceNamespace: "sagemaker",
      scalableDimension: "sagemaker:variant:DesiredInstanceCount",
      resourceId: "endpoint/model-serving-dev-mymodel/variant/AllTraffic",
    };
    expect(only(scaled, "aws:appautoscaling/target:Target").inputs).to.deep.equal({
      ...place,
      minCapacity: 2,
      maxCapacity: 5,
    });
    expect(only(scaled, "aws:appautoscaling/policy:Policy").inputs).to.deep.equal({
      ...place,
      policyType: "TargetTrackingScaling",
      targetTrackingScalingPolicyConfiguration: {
        targetValue: 900,
        predefinedMetricSpecification: { predefinedMetricType: "SageMakerVariantInvocationsPerInstance" },
      },
    });
  });

  it("pins the image by its digest", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const pinned = await deployed({ endpointImageDigest: digest });
    const { image } = only(pinned, "aws:sagemaker/model:Model").inputs.primaryContainer as { image: string };
    expect(image).to.equal(`763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver@${digest}`);
  });

  it("rolls an update back on its own alarms, of those that tell a bad model from a good one", () => {
    const {
      name,
      endpointConfigName,
      deploymentConfig: config,
    } = only(graph, "aws:sagemaker/endpoint:Endpoint").inputs;
    expect(name).to.equal("model-serving-dev-mymodel");
    expect(endpointConfigName).to.equal(
      only(graph, "aws:sagemaker/endpointConfiguration:EndpointConfiguration").outputs.name,
    );
    const alarm = (role: string) => ({
      alarmName: only(graph, "aws:cloudwatch/metricAlarm:MetricAlarm", new RegExp(`-${role}$`)).outputs.name,
    });
    expect(config).to.deep.equal({
      blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: "ALL_AT_ONCE", waitIntervalInSeconds: 600 } },
      autoRollbackConfiguration: {
        alarms: [alarm("endpoint-errors"), alarm("endpoint-refusals"), alarm("endpoint-latency")],
      },
    });
  });

  it("tries a new model on a canary, where there is one to be had", () => {
    const routing = (minInstances: number, percent: number) =>
      (
        deploymentConfig({ ...cpu, minInstances } as never, percent, []) as {
          blueGreenUpdatePolicy: { trafficRoutingConfiguration: object };
        }
      ).blueGreenUpdatePolicy.trafficRoutingConfiguration;
    const canary = (value: number) => ({ type: "CANARY", canarySize: { type: "CAPACITY_PERCENT", value } });
    expect(routing(1, 10)).to.include({ type: "ALL_AT_ONCE" });
    expect(routing(2, 100)).to.include({ type: "ALL_AT_ONCE" });
    expect(routing(2, 10)).to.deep.equal({ ...canary(10), waitIntervalInSeconds: 600 });
    expect(routing(2, 80)).to.deep.equal({ ...canary(50), waitIntervalInSeconds: 600 });
  });

  it("has a name that SageMaker takes, and no other endpoint has", () => {
    const names = ["a", "A", "a.b", "a_b", "a-b", "a-01234567", "x".repeat(64), `${"x".repeat(63)}y`, "1.", "a--b"];
    for (const prefix of ["model-serving-dev", "p".repeat(54), "My-Project-dev"]) {
      const given = names.map((model) => endpointName({ prefix }, model));
      expect(new Set(given).size).to.equal(names.length);
      for (const name of given) {
        expect(name).to.match(/^[a-z0-9](-*[a-z0-9]){0,62}$/);
        expect(name.startsWith(`${prefix.toLowerCase()}-`)).to.equal(true);
      }
    }
    expect(endpointName({ prefix: "model-serving-dev" }, "mymodel")).to.equal("model-serving-dev-mymodel");
  });
});
