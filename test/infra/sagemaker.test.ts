import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { type Asset, type Graph, ofType, type Resource } from "../../graph/resource";
import { replaces } from "../../graph/resource-types";
import { account } from "../../graph/types/resource-type";
import { groupName } from "../../infra/training/training-pipeline";
import { trainingSources } from "../../infra/training/training-sources";
import { wheelsPrefix } from "../../local/training/wheel-files";

const only = { apiGateway: false, auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: true };
const build = (set: Record<string, unknown> = {}, stack = "dev") => evaluate({ stack, set: { ...only, ...set } });

function named(graph: Graph, name: string): Resource {
  const found = graph.resources.filter((resource) => resource.name === name);
  expect(found, name).to.have.lengthOf(1);
  return found[0]!;
}

const json = (value: unknown) => JSON.parse(String(value)) as Record<string, unknown>;
const text = ({ inputs }: Resource) => {
  if (typeof inputs.content === "string") return inputs.content;
  const { asset } = inputs.source as Asset;
  return "text" in asset ? asset.text : readFileSync(asset.path, "utf8");
};

describe("Infrastructure: the module sagemaker", () => {
  it("protects its model package group with the data, and no other setting would replace it", async () => {
    const type = "aws:sagemaker/modelPackageGroup:ModelPackageGroup";
    const group = async (set: Record<string, unknown>) => ofType(await build(set), type)[0]!;
    const before = await group({ protectData: true });
    expect(before.protect).to.equal(true);
    const models = { modelsFolder: "test/fixtures/models", defaultModel: "add" };
    const others = { ...models, accuracyThreshold: 50, modelApproval: "automatic", canaryPercent: 5, network: true };
    const after = await group({ ...others, protectData: false });
    expect(after.protect).to.equal(false);
    const kept = (inputs: object) => Object.entries(inputs).filter(([key]) => replaces(type, key));
    expect(kept(before.inputs)).to.not.be.empty;
    expect(kept(after.inputs)).to.deep.equal(kept(before.inputs));
  });

  it("names the group as SageMaker takes it", () => {
    expect(groupName({ prefix: "Model_serving-dev" })).to.equal("model-serving-dev-models");
    expect(groupName({ prefix: "p".repeat(60) })).to.match(/^[a-z0-9](-*[a-z0-9]){0,62}$/);
  });

  it("deploys the pipeline by the location of its definition, and puts out its ARN, bucket and group", async () => {
    const graph = await build();
    const pipeline = named(graph, "sagemaker-training-pipeline");
    const object = named(graph, "sagemaker-training-definition");
    expect(pipeline.inputs).to.deep.equal({
      pipelineName: "model-serving-dev-training",
      pipelineDisplayName: "model-serving-dev-training",
      roleArn: named(graph, "sagemaker-training-pipeline-role").outputs.arn,
      pipelineDefinitionS3Location: {
        bucket: object.inputs.bucket,
        objectKey: "definition/pipeline.json",
        versionId: object.outputs.versionId,
      },
    });
    expect(graph.outputs).to.deep.equal({
      sagemakerPipelineArn: `arn:aws:sagemaker:us-east-1:${account}:pipeline/model-serving-dev-training`,
      sagemakerBucket: named(graph, "sagemaker-training-bucket-bucket").id,
      sagemakerModelPackageGroup: "model-serving-dev-models",
      sagemakerPublisher: "model-serving-dev-publisher",
      sagemakerModelsBucket: named(graph, "sagemaker-publication-models-bucket").id,
      alarmTopicArn: named(graph, "alarms-topic").outputs.arn,
    });
    const definition = JSON.parse(text(object)) as { Parameters: { Name: string; DefaultValue: unknown }[] };
    const defaults = Object.fromEntries(definition.Parameters.map(({ Name, DefaultValue }) => [Name, DefaultValue]));
    expect(defaults).to.include({ AccuracyThreshold: 0.9, ModelApprovalStatus: "PendingManualApproval" });
  });

  it("takes thresholds, machines, approval and the image's digest from the settings", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const graph = await build({
      accuracyThreshold: 97,
      trainingInstanceType: "ml.c5.xlarge",
      modelApproval: "automatic",
      trainingImageDigest: digest,
    });
    const definition = text(named(graph, "sagemaker-training-definition"));
    const { Parameters } = JSON.parse(definition) as { Parameters: { DefaultValue: unknown }[] };
    expect(Parameters.map(({ DefaultValue }) => DefaultValue).slice(1)).to.deep.equal([
      "ml.m5.large",
      "ml.c5.xlarge",
      0.97,
      "Approved",
    ]);
    expect(definition).to.contain(`sagemaker-scikit-learn@${digest}`).and.not.contain("cpu-py3");
  });

  it("uploads the scripts, the lock and the data under the digest of what they are", async () => {
    const graph = await build();
    const keys = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2")
      .filter(({ name }) => /^sagemaker-training-(code|data|wheels)/.test(name))
      .map(({ inputs }) => String(inputs.key));
    const names = (prefix: string) =>
      keys.filter((key) => key.startsWith(`${prefix}/`)).map((key) => key.split("/")[2]);
    expect(names("code").sort()).to.deep.equal([
      "container.py",
      "evaluate.py",
      "requirements.txt",
      "schema.py",
      "split.py",
      "start.py",
      "table.py",
      "train.py",
    ]);
    expect(names("data")).to.deep.equal(["iris.csv"]);
    expect(names("wheels")).to.deep.equal(["requirements.txt"]);
    for (const key of keys) expect(key).to.match(/^[a-z]+\/[0-9a-f]{16}\/[a-z.]+$/);
    const lock = join(__dirname, "../../training/requirements.txt");
    expect(keys).to.include(`${wheelsPrefix(lock)}/requirements.txt`);
  });

  it("asks for data to learn from, where there is none", () => {
    const folder = mkdtempSync(join(tmpdir(), "data-"));
    try {
      writeFileSync(join(folder, "README.md"), "soon");
      for (const place of [folder, join(folder, "nowhere")])
        expect(() => trainingSources(place)).to.throw(
          "training/data: contains no .csv file to train on: put one there, with the columns of training/schema.py",
        );
      writeFileSync(join(folder, "iris.csv"), "");
      expect(trainingSources(folder).files.map(({ file }) => file)).to.include(join(folder, "iris.csv"));
      writeFileSync(join(folder, "more.csv"), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
      expect(() => trainingSources(folder)).to.throw(
        "training/data: more.csv is a Git LFS pointer instead of the data: git lfs install && git lfs pull",
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("pins every package of the lock by digest", () => {
    const lock = readFileSync(join(__dirname, "../../training/requirements.txt"), "utf8");
    const packages = lock.split(/\n(?=[a-z])/).filter((line) => line.includes("=="));
    expect(packages.length).to.be.greaterThan(10);
    for (const one of packages) expect(one, one.split(" ")[0]).to.match(/--hash=sha256:[0-9a-f]{64}/);
  });

  it("lets SageMaker alone take the roles, for this account", async () => {
    const graph = await build();
    for (const step of ["split", "train", "evaluate", "pipeline"]) {
      expect(json(named(graph, `sagemaker-training-${step}-role`).inputs.assumeRolePolicy)).to.deep.equal({
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
    }
    expect(ofType(graph, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")).to.deep.equal([]);
  });

  it("publishes on approval alone, and lets that rule alone in", async () => {
    const graph = await build();
    const rule = named(graph, "sagemaker-publication-approved");
    expect(json(rule.inputs.eventPattern)).to.deep.equal({
      source: ["aws.sagemaker"],
      "detail-type": ["SageMaker Model Package State Change"],
      detail: { ModelPackageGroupName: ["model-serving-dev-models"], ModelApprovalStatus: ["Approved"] },
    });
    const alias = `arn:aws:lambda:us-east-1:${account}:function:model-serving-dev-publisher:live`;
    expect(named(graph, "sagemaker-publication-approved-target").inputs.arn).to.equal(alias);
    expect(named(graph, "sagemaker-publication-approved-permission").inputs).to.deep.equal({
      function: "model-serving-dev-publisher",
      qualifier: "live",
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: rule.outputs.arn,
    });
  });

  it("gives the publisher exactly these rights and this environment", async () => {
    const graph = await build({ canaryPercent: 10 });
    const models = named(graph, "sagemaker-publication-models-bucket");
    const trained = named(graph, "sagemaker-training-bucket-bucket");
    const keyArn = named(graph, "encryption-key").outputs.arn;
    expect(json(named(graph, "sagemaker-publication-publisher-publishing").inputs.policy)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Registry",
          Effect: "Allow",
          Action: "sagemaker:DescribeModelPackage",
          Resource: `arn:aws:sagemaker:us-east-1:${account}:model-package/model-serving-dev-models/*`,
        },
        {
          Sid: "Trained",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: [`${String(trained.outputs.arn)}/trained/*`, `${String(trained.outputs.arn)}/evaluation/*`],
        },
        {
          Sid: "TrainedEncryption",
          Effect: "Allow",
          Action: "kms:Decrypt",
          Resource: named(graph, "sagemaker-kms-key").outputs.arn,
        },
        {
          Sid: "Published",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: `${String(models.outputs.arn)}/models/*`,
        },
        {
          Sid: "Publishing",
          Effect: "Allow",
          Action: "s3:PutObject",
          Resource: `${String(models.outputs.arn)}/models/*`,
          Condition: {
            ArnEquals: {
              "lambda:SourceFunctionArn": `arn:aws:lambda:us-east-1:${account}:function:model-serving-dev-publisher`,
            },
          },
        },
        { Sid: "PublishedNames", Effect: "Allow", Action: "s3:ListBucket", Resource: models.outputs.arn },
        {
          Sid: "PublishedEncryption",
          Effect: "Allow",
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: keyArn,
        },
      ],
    });
    expect(named(graph, "sagemaker-publication-publisher-function").inputs.environment).to.deep.equal({
      variables: {
        MODELS_BUCKET: models.id,
        TRAINING_BUCKET: trained.id,
        PUBLISHED_MODEL: "mymodel",
        MODEL_PACKAGE_GROUP: "model-serving-dev-models",
        CANARY_PERCENT: "10",
        CANARY_ALARM: "model-serving-dev-canary-errors",
      },
    });
  });

  it("denies writing published models, and deleting protected ones, to everyone but the publisher", async () => {
    const graph = await build({ protectData: true });
    const bucketArn = String(named(graph, "sagemaker-publication-models-bucket").outputs.arn);
    const role = named(graph, "sagemaker-publication-publisher-role");
    const statements = (of: Graph) =>
      json(named(of, "sagemaker-publication-models-policy").inputs.policy).Statement as { Action: unknown }[];
    expect(statements(await build({ protectData: false }))[1]!.Action).to.deep.equal(["s3:PutObject"]);
    expect(statements(graph)).to.deep.equal([
      {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "OnlyThePublisherWrites",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
        Resource: `${bucketArn}/*`,
        Condition: { ArnNotEquals: { "aws:PrincipalArn": role.outputs.arn } },
      },
    ]);
    // Known only with the role, which the policy therefore waits for.
    expect(named(graph, "sagemaker-publication-models-policy").propertyDependencies.policy).to.include(role.urn);
  });

  it("owns no object of the published models: a deployment undoes no publication", async () => {
    const graph = await build({ apiGateway: true });
    const bucket = named(graph, "sagemaker-publication-models-bucket").id;
    const objects = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").filter(
      ({ inputs }) => inputs.bucket === bucket,
    );
    expect(objects).to.deep.equal([]);
  });

  it("takes a canary back by an alarm that invokes the publisher, and tells of it", async () => {
    const graph = await build();
    const { inputs, outputs } = named(graph, "sagemaker-publication-canary");
    const metric = (id: string, metricName: string) => ({
      id,
      metric: {
        namespace: "model-serving-dev",
        metricName,
        dimensions: { Model: "mymodel" },
        stat: "Sum",
        period: 300,
      },
    });
    expect(inputs).to.deep.include({
      name: "model-serving-dev-canary-errors",
      threshold: 5,
      comparisonOperator: "GreaterThanThreshold",
      treatMissingData: "notBreaching",
      alarmActions: [
        `arn:aws:lambda:us-east-1:${account}:function:model-serving-dev-publisher:live`,
        named(graph, "alarms-topic").outputs.arn,
      ],
      metricQueries: [
        metric("requests", "CanaryRequests"),
        metric("errors", "CanaryErrors"),
        {
          id: "share",
          expression: "IF(requests >= 10, 100 * errors / requests, 0)",
          label: "Failed requests of the canary, in percent",
          returnData: true,
        },
      ],
    });
    expect(named(graph, "sagemaker-publication-canary-permission").inputs).to.include({
      principal: "lambda.alarms.cloudwatch.amazonaws.com",
      sourceArn: outputs.arn,
    });
  });

  it("lets the model function read the published models, where there is both", async () => {
    const graph = await build({ apiGateway: true });
    const bucket = named(graph, "sagemaker-publication-models-bucket");
    const { variables } = named(graph, "model-function").inputs.environment as { variables: Record<string, string> };
    expect(variables).to.include({ MODELS_BUCKET: bucket.id, MODELS_REFRESH_SECONDS: "60" });
    expect(json(named(graph, "model-published").inputs.policy)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Published",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: `${String(bucket.outputs.arn)}/models/*`,
        },
        { Sid: "PublishedNames", Effect: "Allow", Action: "s3:ListBucket", Resource: bucket.outputs.arn },
      ],
    });
  });

  it("runs by the clock where the settings say so, and by nothing else", async () => {
    expect(ofType(await build(), "aws:scheduler/schedule:Schedule")).to.deep.equal([]);
    for (const cron of ["cron(0 12 ? * MON-FRI *)", "cron(0/15 3,4 L * ? 2027)", "cron(30 2 ? JAN 6#1 *)"])
      expect(named(await build({ trainingSchedule: cron }), "sagemaker-schedule-schedule").inputs).to.include({
        scheduleExpression: cron,
      });
    const graph = await build({ trainingSchedule: "rate(7 days)" });
    const { inputs } = named(graph, "sagemaker-schedule-schedule");
    const pipelineArn = graph.outputs.sagemakerPipelineArn;
    expect(inputs.scheduleExpression).to.equal("rate(7 days)");
    expect((inputs.target as { arn: string }).arn).to.equal(pipelineArn);
    // The scheduler refuses a pipeline without parameters.
    expect(inputs.target).to.have.deep.property("sagemakerPipelineParameters", {
      pipelineParameters: [{ name: "ModelApprovalStatus", value: "PendingManualApproval" }],
    });
    expect(json(named(graph, "sagemaker-schedule-policy").inputs.policy)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        { Sid: "Start", Effect: "Allow", Action: "sagemaker:StartPipelineExecution", Resource: pipelineArn },
        {
          Sid: "Encryption",
          Effect: "Allow",
          Action: "kms:Decrypt",
          Resource: named(graph, "sagemaker-kms-key").outputs.arn,
          Condition: {
            ArnLike: {
              "kms:EncryptionContext:aws:scheduler:schedule:arn":
                "arn:aws:scheduler:us-east-1:123456789012:schedule/default/sagemaker-schedule-schedule-*",
            },
          },
        },
      ],
    });
    expect(inputs.kmsKeyArn).to.equal(named(graph, "sagemaker-kms-key").outputs.arn);
    // The schedule's own name is one of those that its role may decrypt.
    expect(named(graph, "sagemaker-schedule-schedule").outputs.arn).to.match(
      /:schedule\/default\/sagemaker-schedule-schedule-[0-9a-f]{7}$/,
    );
  });

  const refused: readonly (readonly [set: Record<string, unknown>, fault: RegExp])[] = [
    [
      { trainingInstanceType: "ml.m5d.large" },
      /trainingInstanceType: is not an x86-64 SageMaker instance type without local disks/,
    ],
    [{ trainingInstanceType: "ml.c5.large" }, /trainingInstanceType: is not an x86-64 SageMaker instance type/], // A size that SageMaker lacks.
    [{ trainingInstanceType: "" }, /trainingInstanceType: is not an x86-64 SageMaker instance type/],
    [{ processingInstanceType: "ml.m7g.large" }, /processingInstanceType: is not an x86-64 SageMaker instance type/],
    [{ accuracyThreshold: 101 }, /accuracyThreshold: is not a whole number from 1 to 100/],
    [{ modelApproval: "nobody" }, /modelApproval: is not one of manual, automatic/],
    [{ canaryPercent: 0 }, /canaryPercent: is not a whole number from 1 to 100/],
    [{ trainingSchedule: "cron(0 12 * * *)" }, /trainingSchedule: is not rate/],
    [{ trainingSchedule: "cron(0 12 * * * *)" }, /trainingSchedule: is not rate/], // One of the days must be `?`.
    [{ trainingSchedule: "weekly" }, /trainingSchedule: is not rate\(<n> days\) or cron/],
    [{ trainingImageDigest: "1.4-2" }, /trainingImageDigest: is not an image's digest/],
    [{ awsRegion: "mx-central-1" }, /awsRegion: has no AWS scikit-learn image/],
  ];
  for (const [set, fault] of refused) {
    it(`refuses ${JSON.stringify(set)} with its cure`, async () => {
      const error = await build(set).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      expect(error?.message)
        .to.match(fault)
        .and.to.match(/pulumi config set/);
    });
  }
});
