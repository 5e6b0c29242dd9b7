import { expect } from "chai";
import { definitionErrors } from "../../infra/training/pipeline/definition-check";
import {
  type PipelineDefinition,
  pipelineDefinition,
  type PipelineNames,
} from "../../infra/training/pipeline/pipeline-definition";
import type { VpcConfig } from "../../infra/base/location";
import { actionPages, requiredPermissions } from "../../infra/training/pipeline/required-permissions";
import { permissionsOf } from "../../infra/base/permissions";
import { checkPipeline } from "../../infra/training/pipeline/pipeline-check";
import { pipelinePolicy } from "../../infra/training/pipeline/pipeline-role";
import { type PipelineArns, stepPolicy } from "../../infra/training/pipeline/step-roles";

const key = "arn:aws:kms:us-east-1:123456789012:key/k";
const roleArns = { split: "arn:split", train: "arn:train", evaluate: "arn:evaluate" };

const names = (network?: VpcConfig): PipelineNames => ({
  bucket: "b",
  image: "image",
  keyArn: key,
  group: "g",
  code: "code/1",
  wheels: "wheels/1",
  data: "data/1",
  roles: roleArns,
  network,
  tags: {},
  processingInstanceType: "ml.m5.large",
  trainingInstanceType: "ml.m5.large",
  accuracyThreshold: 0.9,
  approvalStatus: "PendingManualApproval",
});
const definition = (network?: VpcConfig): PipelineDefinition => pipelineDefinition(names(network));

const arns = (inNetwork = false): PipelineArns => ({
  location: { partition: "aws", region: "us-east-1", account: "123456789012", prefix: "p" },
  bucketArn: "arn:aws:s3:::b",
  keyArn: key,
  repositoryArn: "arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-scikit-learn",
  group: "g",
  roleArns,
  inNetwork,
});

/** The definition with one text of it changed. */
const changed = (from: string, to: string) =>
  JSON.parse(JSON.stringify(definition()).replace(from, to)) as PipelineDefinition;

const network = { subnets: ["subnet-1", "subnet-2"], securityGroups: ["sg-1"] };

/** All values under a key, wherever it stands. */
function all(value: unknown, name: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [...(key === name ? [inner] : []), ...all(inner, name)]);
}

describe("Infrastructure: the pipeline's definition", () => {
  it("tags its jobs as the organisation demands, and not at all where it demands nothing", () => {
    const tagged = pipelineDefinition({ ...names(), tags: { owner: "ml" } });
    expect(tagged.Steps.map(({ Name, Arguments }) => [Name, Arguments.Tags])).to.deep.equal([
      ["Split", [{ Key: "owner", Value: "ml" }]],
      ["Train", [{ Key: "owner", Value: "ml" }]],
      ["Evaluate", [{ Key: "owner", Value: "ml" }]],
      ["Judge", undefined],
    ]);
    expect(all(definition(), "Tags")).to.deep.equal([]);
  });

  it("can run", () => {
    expect(definitionErrors(definition())).to.deep.equal([]);
    expect(definitionErrors(definition(network))).to.deep.equal([]);
  });

  const faults: readonly (readonly [what: string, from: string, to: string, fault: RegExp])[] = [
    [
      "a parameter that is not there",
      "Parameters.InputData",
      "Parameters.Data",
      /^Split: Parameters.Data: no such parameter/,
    ],
    ["a step that is not there", "Steps.Split.", "Steps.Splits.", /^Train: Steps.Splits\..*: no such step/],
    ["an output that the step has not", "Outputs['train']", "Outputs['trained']", /^Train: .*no such property/],
    ["a property that the step has not", "ModelArtifacts.S3", "ModelArtifact.S3", /^Evaluate: .*no such property/],
    [
      "a property file that is not there",
      "PropertyFiles.EvaluationReport",
      "PropertyFiles.Report",
      /^Judge: .*no such/,
    ],
    [
      "a property file in no output",
      '"OutputName":"evaluation","FilePath"',
      '"OutputName":"x","FilePath"',
      /in no output/,
    ],
    ["a fact that no execution has", "Execution.PipelineExecutionId", "Execution.Id", /no such execution property/],
    ["something else", "Parameters.AccuracyThreshold", "Secrets.AccuracyThreshold", /refers to nothing/],
    ["two steps of one name", '"Name":"Train"', '"Name":"Split"', /two steps are named Split/],
    [
      "two parameters of one name",
      '"Name":"TrainingInstanceType"',
      '"Name":"InputData"',
      /two parameters are InputData/,
    ],
    [
      "a step that waits for itself",
      '"S3Uri":{"Get":"Parameters.InputData"}',
      `"S3Uri":{"Get":"Steps.Split.ProcessingOutputConfig.Outputs['test'].S3Output.S3Uri"}`,
      /wait for one another: Split → Split/,
    ],
    [
      "steps that wait for one another",
      '"S3Uri":{"Get":"Parameters.InputData"}',
      '"S3Uri":{"Get":"Steps.Train.ModelArtifacts.S3ModelArtifacts"}',
      /wait for one another: (Split → Train → Split|Train → Split → Train)/,
    ],
  ];
  for (const [what, from, to, fault] of faults) {
    it(`is refused with ${what}`, () => {
      const broken = changed(from, to);
      expect(broken, "nothing was changed").not.to.deep.equal(definition());
      expect(definitionErrors(broken)).to.satisfy((found: string[]) => found.some((line) => fault.test(line)));
    });
  }

  it("seals every job: volume and output by the key, traffic encrypted, no network", () => {
    const jobs = definition().Steps.filter(({ Type }) => Type === "Processing" || Type === "Training");
    expect(jobs).to.have.lengthOf(3);
    for (const { Arguments } of jobs) {
      expect(all(Arguments, "VolumeKmsKeyId")).to.deep.equal([key]);
      expect(all(Arguments, "KmsKeyId")).to.deep.equal([key]);
      expect(all(Arguments, "EnableNetworkIsolation")).to.deep.equal([true]);
      expect(all(Arguments, "EnableInterContainerTrafficEncryption")).to.deep.equal([true]);
      expect(all(Arguments, "MaxRuntimeInSeconds")).to.deep.equal([3_600]);
      expect(all(Arguments, "VpcConfig")).to.deep.equal([]);
    }
  });

  it("runs every job in the private subnets where there is a network", () => {
    const jobs = definition(network).Steps.filter(({ Type }) => Type === "Processing" || Type === "Training");
    for (const { Arguments } of jobs) {
      expect(all(Arguments, "VpcConfig")).to.deep.equal([
        { Subnets: network.subnets, SecurityGroupIds: network.securityGroups },
      ]);
    }
  });

  it("writes where no other execution writes", () => {
    const places = all(
      definition().Steps.map(({ Arguments }) => Arguments.ProcessingOutputConfig),
      "S3Uri",
    );
    expect(places).to.have.lengthOf(3);
    for (const place of places) expect(JSON.stringify(place)).to.contain('{"Get":"Execution.PipelineExecutionId"}');
  });
});

describe("Infrastructure: the pipeline's roles", () => {
  const roles = ["split", "train", "evaluate", "pipeline"] as const;
  const keys = ["code/1/start.py", "wheels/1/requirements.txt", "data/1/iris.csv"];
  const policyOf = (role: (typeof roles)[number], of: PipelineArns) =>
    role === "pipeline" ? pipelinePolicy(of) : stepPolicy(role, of);

  for (const inNetwork of [false, true]) {
    for (const role of roles) {
      it(`allow ${role} exactly what the definition needs${inNetwork ? " in a network" : ""}`, () => {
        const needed = requiredPermissions(definition(inNetwork ? network : undefined), arns(inNetwork))[role];
        expect([...permissionsOf(policyOf(role, arns(inNetwork)))].sort()).to.deep.equal([...needed].sort());
        expect(needed.size).to.be.greaterThan(5);
      });
    }
  }

  it("stop the program that asks for more or less than they allow, or stands elsewhere than they know", () => {
    expect(() => checkPipeline(names(), arns(), keys)).not.to.throw();
    const lacking = () => checkPipeline({ ...names(), data: "other/1" }, arns(), [...keys, "other/1/iris.csv"]);
    expect(lacking)
      .to.throw("the training pipeline cannot run:")
      .and.property("message")
      .contain("the role split lacks s3:GetObject arn:aws:s3:::bucket/other/*")
      .and.contain("the role split does not need s3:GetObject arn:aws:s3:::bucket/data/*")
      .and.not.contain("the role train ");
    const inside = /the role (split|train|evaluate) lacks ec2:CreateNetworkInterface \*/;
    expect(() => checkPipeline(names(network), arns(), keys)).to.throw(inside);
    expect(() => checkPipeline(names(), arns(true), keys)).to.throw(/does not need ec2:CreateNetworkInterface \*/);
  });

  it("stop the program that puts nothing where a step reads", () => {
    for (const [missing, steps] of [
      ["data/1/iris.csv", ["Split"]],
      ["code/1/start.py", ["Split", "Train", "Evaluate"]],
      ["wheels/1/requirements.txt", ["Split", "Train", "Evaluate"]],
    ] as const) {
      const address = `s3://bucket/${missing.split("/").slice(0, 2).join("/")}`;
      // What only begins alike is another place.
      const others = [...keys.filter((key) => key !== missing), missing.replace("/1/", "/12/")];
      expect(() => checkPipeline(names(), arns(), others)).to.throw(
        `the training pipeline cannot run:\n  ${steps.map((step) => `${step}: nothing is put where it reads: ${address}`).join("\n  ")}`,
      );
    }
  });

  it("follow the definition: a step that reads more needs more", () => {
    const more = changed('{"Get":"Parameters.InputData"}', '"s3://b/other/1"');
    const needed = requiredPermissions(more, arns()).split;
    expect(needed).to.include("s3:GetObject arn:aws:s3:::b/other/*");
    expect([...permissionsOf(stepPolicy("split", arns()))]).not.to.include("s3:GetObject arn:aws:s3:::b/other/*");
  });

  it("reach nothing outside the pipeline's bucket", () => {
    expect(() =>
      requiredPermissions(changed('{"Get":"Parameters.InputData"}', '"s3://elsewhere/data"'), arns()),
    ).to.throw(/outside/);
  });

  it("hold only actions whose need an AWS page states", () => {
    for (const role of roles) {
      for (const permission of permissionsOf(policyOf(role, arns(true)))) {
        expect(actionPages, permission).to.have.property(permission.split(" ")[0]!);
      }
    }
    for (const page of Object.values(actionPages))
      expect(page).to.match(/^https:\/\/docs\.aws\.amazon\.com\/.+\.html$/);
    const used = roles.flatMap((role) =>
      [...permissionsOf(policyOf(role, arns(true)))].map((one) => one.split(" ")[0]),
    );
    expect(Object.keys(actionPages).filter((action) => !used.includes(action))).to.deep.equal([]);
  });

  it("keep steps apart: none writes what another writes, none registers or publishes", () => {
    const writes = (["split", "train", "evaluate"] as const).map((step) =>
      [...permissionsOf(stepPolicy(step, arns()))].filter((one) => one.startsWith("s3:PutObject")),
    );
    expect(writes).to.deep.equal([
      ["s3:PutObject arn:aws:s3:::b/split/*"],
      ["s3:PutObject arn:aws:s3:::b/trained/*"],
      ["s3:PutObject arn:aws:s3:::b/evaluation/*"],
    ]);
    for (const step of ["split", "train", "evaluate"] as const) {
      expect(JSON.stringify(stepPolicy(step, arns()))).not.to.match(/sagemaker:|iam:|models\//);
    }
  });
});
