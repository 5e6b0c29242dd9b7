import { join } from "node:path";
import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { type Graph, ofType } from "../../graph/resource";
import { instanceTypes } from "../../infra/settings/training-settings";
import type { PipelineNames } from "../../infra/training/pipeline/pipeline-definition";
import { python } from "../training/python";
import { sdkPython } from "./python";

/** The definition as the stack deploys it. */
function deployed(graph: Graph): unknown {
  const [pipeline] = ofType(graph, "aws:sagemaker/pipeline:Pipeline");
  const { objectKey } = pipeline!.inputs.pipelineDefinitionS3Location as { objectKey: string };
  const object = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").find(({ inputs }) => inputs.key === objectKey);
  return JSON.parse(String(object!.inputs.content));
}

/** The names that a definition was made of, read back from it. */
function namesOf(definition: unknown): PipelineNames {
  const { Parameters, Steps } = definition as {
    Parameters: { Name: string; DefaultValue: string | number }[];
    Steps: { Arguments: Record<string, never> }[];
  };
  const of = (name: string) => Parameters.find(({ Name }) => Name === name)!.DefaultValue;
  const [split, train, evaluate, judge] = Steps.map(({ Arguments }) => Arguments as Record<string, unknown>);
  const inputs = split!.ProcessingInputs as { InputName: string; S3Input: { S3Uri: string } }[];
  const [, bucket, data] = /^s3:\/\/([^/]+)\/(.+)$/.exec(String(of("InputData")))!;
  const prefix = (name: string) =>
    inputs.find(({ InputName }) => InputName === name)!.S3Input.S3Uri.slice(`s3://${bucket}/`.length);
  const { VpcConfig } = split!.NetworkConfig as { VpcConfig?: { Subnets: string[]; SecurityGroupIds: string[] } };
  const [register] = judge!.IfSteps as { Arguments: { ModelPackageGroupName: string } }[];
  return {
    bucket: bucket!,
    data: data!,
    code: prefix("code"),
    wheels: prefix("wheels"),
    image: (split!.AppSpecification as { ImageUri: string }).ImageUri,
    keyArn: (split!.ProcessingOutputConfig as { KmsKeyId: string }).KmsKeyId,
    group: register!.Arguments.ModelPackageGroupName,
    roles: {
      split: String(split!.RoleArn),
      train: String(train!.RoleArn),
      evaluate: String(evaluate!.RoleArn),
    },
    network: VpcConfig && { subnets: VpcConfig.Subnets, securityGroups: VpcConfig.SecurityGroupIds },
    tags: {},
    processingInstanceType: String(of("ProcessingInstanceType")),
    trainingInstanceType: String(of("TrainingInstanceType")),
    accuracyThreshold: Number(of("AccuracyThreshold")),
    approvalStatus: of("ModelApprovalStatus") as PipelineNames["approvalStatus"],
  };
}

describe("The definition of the training pipeline", () => {
  let sdk: string;
  before(async function () {
    sdk = await sdkPython(this);
  });

  it("takes as settings the machines of its families that the service has, each for training and processing", async () => {
    const { stdout } = await python(sdk, [join(__dirname, "instance_types.py")]);
    const families = new Set(instanceTypes.map((type) => type.split(".")[1]));
    for (const theirs of JSON.parse(stdout) as string[][]) {
      const known = theirs.filter((type) => families.has(type.split(".")[1]));
      expect([...instanceTypes].sort()).to.deep.equal(known.sort());
    }
  });

  it("is what the SDK emits for the same pipeline, for both stacks, of which one has a network, step by step", async () => {
    const graphs = await Promise.all(
      ["dev", "prod"].map((stack) => evaluate({ stack, set: { sagemaker: true, auth0Authorizer: false } })),
    );
    const ours = graphs.map(deployed) as { Steps: unknown[] }[];
    const names = ours.map(namesOf);
    expect(names.map(({ network }) => network?.subnets.length)).to.deep.equal([undefined, 2]);
    const { code, stdout, stderr } = await python(sdk, [join(__dirname, "sdk_definition.py")], {
      input: JSON.stringify(names),
    });
    expect(code, stderr.slice(-2_000)).to.equal(0);
    const theirs = JSON.parse(stdout) as { Steps: unknown[] }[];
    expect(theirs).to.have.lengthOf(2);
    theirs.forEach((their, index) => {
      their.Steps.forEach((step, at) => expect(ours[index]!.Steps[at], `step ${at}`).to.deep.equal(step));
      expect(ours[index]).to.deep.equal(their);
    });
  });
});
