import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { publishedKeys } from "../../contract";
import { projectRoot } from "../../graph/evaluate";
import type { Graph, Resource } from "../../graph/resource";
import { actionPages } from "../../infra/training/pipeline/required-permissions";
import { type Home, openHome } from "../../local/base/home";
import { ObjectFiles } from "../../local/training/aws/object-files";
import { type PipelineOutcome, runPipeline } from "../../local/training/run-pipeline";
import { stepsPython } from "./python";

describe("The training pipeline on this machine", () => {
  let home: Home;
  let folder: string;
  const said: string[] = [];

  before(async function () {
    await stepsPython(this);
    folder = mkdtempSync(join(tmpdir(), "pipeline-test-"));
    home = { ...openHome(projectRoot), cloud: join(folder, "cloud") };
  });
  beforeEach(() => rmSync(home.cloud, { recursive: true, force: true }));
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  interface Run {
    readonly settings?: Record<string, unknown>;
    readonly parameters?: Record<string, string>;
    readonly data?: string;
    readonly approve?: boolean;
    readonly change?: (graph: Graph) => Graph;
    readonly stack?: string;
  }
  async function run({ stack = "dev", settings = {}, parameters = {}, approve = true, ...more }: Run = {}) {
    said.length = 0;
    const watch = {
      note: (line: string) => said.push(line),
      started: (step: string) => said.push(`start ${step}`),
      said: (step: string, line: string) => said.push(`${step}: ${line}`),
      ended: (step: string, how: object) => said.push(`end ${step} ${JSON.stringify(how)}`),
    };
    return runPipeline({ home, stack, settings, parameters, approve, watch, ...more });
  }
  const published = () => {
    const files = new ObjectFiles(join(home.cloud, "dev/s3"));
    const buckets = readdirSync(join(home.cloud, "dev/s3"));
    return buckets.flatMap((bucket) => files.keys(bucket, "models/"));
  };
  const registered = () => readdirSync(join(home.cloud, "dev/registry"));
  const failure = (outcome: PipelineOutcome) => {
    expect(outcome.outcome, JSON.stringify(outcome)).to.equal("failed");
    return outcome as { step: string; reason: string };
  };

  it("trains, judges, registers and publishes a model that beats the threshold, step by step", async () => {
    const outcome = await run();
    expect(outcome.outcome, said.join("\n")).to.equal("published");
    const { pointer } = outcome as { pointer: { digest: string; canaryPercent: number } };
    expect(pointer.canaryPercent).to.equal(100);
    expect(published().sort()).to.deep.equal(
      [publishedKeys.artefact("mymodel", pointer.digest), publishedKeys.pointer("mymodel")].sort(),
    );
    const steps = said.filter((line) => line.startsWith("start ")).map((line) => line.slice(6));
    expect(steps).to.deep.equal(["Split", "Train", "Evaluate", "Judge", "Register-RegisterModel"]);
    expect(said.join("\n")).to.contain(`digest ${pointer.digest}`);
  });

  it("fails readably below the threshold, and registers and publishes nothing", async () => {
    const { step, reason } = failure(await run({ parameters: { AccuracyThreshold: "0.999" } }));
    expect(step).to.equal("Refuse");
    expect(reason).to.match(/^The model is not registered: its accuracy 0\.97\d+ is below the threshold 0\.999\.$/);
    expect([registered(), published()]).to.deep.equal([[], []]);
  });

  it("begins no job on what is no machine of the service", async () => {
    for (const [parameter, step] of [
      ["ProcessingInstanceType", "Split"],
      ["TrainingInstanceType", "Train"],
    ] as const) {
      for (const value of ["", "m5.large"]) {
        const failed = failure(await run({ parameters: { [parameter]: value } }));
        expect(failed).to.deep.include({
          step,
          reason: "the instance type is not of SageMaker's form ml.<family>.<size>",
        });
      }
    }
    expect([registered(), published()]).to.deep.equal([[], []]);
  });

  it("shows an input that is not an S3 address, and how one looks", async () => {
    const { step, reason } = failure(await run({ parameters: { InputData: "data.csv" } }));
    expect([step, reason]).to.deep.equal(["Split", '"data.csv" is not an S3 address: s3://<bucket>/<key>']);
  });

  it("leaves a model that nobody approves in the registry", async () => {
    expect((await run({ approve: false })).outcome).to.equal("registered");
    expect([registered().length, published().length]).to.deep.equal([1, 0]);
  });

  const iris = readFileSync(join(projectRoot, "training/data/iris.csv"), "utf8");
  const bad: readonly (readonly [what: string, csv: string | undefined, step: string, reason: RegExp])[] = [
    ["wrong column names", iris.replace("species", "kind"), "Split", /lacks the columns species/],
    ["empty data", "", "Split", /lacks the columns/],
    ["NaNs", iris.replace("5.1", "nan"), "Split", /is not finite/],
    ["one class only", iris.split("\n").slice(0, 40).join("\n"), "Split", /one class/],
    ["no data at all", undefined, "Split", /^no object lies at s3:/],
  ];
  for (const [what, csv, step, reason] of bad) {
    it(`shows the reason of ${what}, and registers and publishes nothing`, async () => {
      const data = join(folder, "data");
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data);
      if (csv !== undefined) writeFileSync(join(data, "data.csv"), csv);
      const failed = failure(await run({ data }));
      expect(failed.step).to.equal(step);
      expect(failed.reason).to.match(reason);
      expect([registered(), published()]).to.deep.equal([[], []]);
    });
  }

  /** The graph with the text of one resource's input changed. */
  const edit = (name: string, key: string, how: (text: string) => string) => (graph: Graph) => ({
    ...graph,
    resources: graph.resources.map((resource): Resource => {
      if (resource.name !== name) return resource;
      const before = String(resource.inputs[key]);
      const after = how(before);
      expect(after, "nothing was changed").not.to.equal(before);
      return { ...resource, inputs: { ...resource.inputs, [key]: after } };
    }),
  });
  const editDefinition = (from: string, to: string) =>
    edit("sagemaker-training-definition", "content", (text) => text.replaceAll(from, to));

  it("fails where the metric is missing", async () => {
    const failed = failure(await run({ change: editDefinition("metrics.accuracy.value", "metrics.f1.value") }));
    expect(failed.step).to.equal("Judge");
    expect(failed.reason).to.equal(
      "the property file EvaluationReport of Evaluate has no value at multiclass_classification_metrics.f1.value",
    );
    expect(registered()).to.deep.equal([]);
  });

  it("fails where an artefact cannot be reached", async () => {
    const change = editDefinition(
      '"ModelDataUrl":{"Get":"Steps.Train.ModelArtifacts.S3ModelArtifacts"}',
      '"ModelDataUrl":"s3://elsewhere/model.tar.gz"',
    );
    const failed = failure(await run({ change }));
    expect(failed).to.include({ step: "Register-RegisterModel", reason: "The specified bucket does not exist" });
    expect(registered()).to.deep.equal([]);
  });

  it("fails for a role that SageMaker may not take", async () => {
    const change = edit("sagemaker-training-train-role", "assumeRolePolicy", (text) =>
      text.replace("sagemaker.amazonaws.com", "ec2.amazonaws.com"),
    );
    const failed = failure(await run({ change }));
    expect(failed.step).to.equal("Train");
    expect(failed.reason).to.match(/SageMaker may not take the role/);
  });

  const inNetwork = { settings: { network: true }, approve: false } as const;

  it("runs in the private network", async () => {
    expect((await run({ ...inNetwork })).outcome, said.join("\n")).to.equal("registered");
  });

  it("needs in the network what SageMaker asks of a job's role for its interfaces", async () => {
    const actions = Object.keys(actionPages).filter((action) => action.startsWith("ec2:"));
    expect(actions).to.have.lengthOf(9);
    for (const action of actions) {
      const change = edit("sagemaker-training-split-policy", "policy", (text) =>
        text.replaceAll(`"${action}"`, '"none:None"'),
      );
      const failed = failure(await run({ ...inNetwork, change }));
      expect(failed.reason).to.contain(`not authorized to perform: ${action}`);
    }
  });

  // Stopping a job takes an action that no execution needs which is not stopped. The version of the definition is read when the
  // pipeline is created, which happens on AWS alone.
  const unneeded = /^(sagemaker:Stop|s3:GetObjectVersion$)/;
  const roles = { split: "Split", train: "Train", evaluate: "Evaluate", pipeline: undefined } as const;
  for (const [role, step] of Object.entries(roles)) {
    it(`needs every action of the role ${role}: without it a step fails, and names it`, async () => {
      const name = `sagemaker-training-${role}-policy`;
      const actions = new Set<string>();
      await run({
        approve: false,
        change: (graph) => {
          const policy = graph.resources.find((resource) => resource.name === name)!;
          const { Statement } = JSON.parse(String(policy.inputs.policy)) as {
            Statement: { Action: string | string[] }[];
          };
          for (const { Action } of Statement) for (const one of [Action].flat()) actions.add(one);
          return graph;
        },
      });
      expect(actions.size).to.be.greaterThan(8);
      for (const action of actions) {
        if (unneeded.test(action)) continue;
        const change = edit(name, "policy", (text) => text.replaceAll(`"${action}"`, '"none:None"'));
        const failed = failure(await run({ change, approve: false }));
        expect(failed.reason, action).to.contain(`not authorized to perform: ${action}`);
        if (step !== undefined) expect(failed.step, action).to.equal(step);
      }
    });
  }
});
