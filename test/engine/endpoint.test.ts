// An endpoint's life under the real engine: each run starts from what the one before left.

import { appendFileSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { Engine, type Run, type Stack } from "./engine";
import { touched as touchedBy } from "./events";

/** What a run touched, without the versions in the names of objects. @throws AssertionError where it failed */
function touched(run: Run): string[] {
  expect(run.code, run.complaint).to.equal(0);
  return shown(run);
}

const shown = (run: Run): string[] =>
  touchedBy(run.steps).map((step) => step.replace(/(repository-)[0-9a-f]{12}/, "$1<version>"));

/** The function's new manifest pins the new model. */
const pinned = [
  "update model-alias (Alias): functionVersion",
  "update model-code (BucketObjectv2): source",
  "update model-function (Function): s3ObjectVersion",
];
/** A new model: its objects beside the old ones, and the endpoint, updated, not replaced. */
const updated = [
  "create endpoint-mymodel-repository-<version>-1/model.onnx (BucketObjectv2)",
  "create endpoint-mymodel-repository-<version>-config.pbtxt (BucketObjectv2)",
  "delete endpoint-mymodel-repository-<version>-1/model.onnx (BucketObjectv2)",
  "delete endpoint-mymodel-repository-<version>-config.pbtxt (BucketObjectv2)",
  "replace endpoint-mymodel-configuration (EndpointConfiguration): productionVariants[0].modelName",
  "replace endpoint-mymodel-model (Model): primaryContainer.environment.SAGEMAKER_TRITON_DEFAULT_MODEL_NAME, primaryContainer.modelDataSource.s3DataSources[0].s3Uri",
  "update endpoint-mymodel-endpoint (Endpoint): endpointConfigName",
];

describe("An endpoint under the real engine", () => {
  let engine: Engine;
  let dev: Stack;
  const endpoint = (field: string, value: string) =>
    engine.pulumi(["config", "set", "--stack", "dev", "--path", `endpoints[0].${field}`, value]);
  const model = () => join(engine.workspace, "models/mymodel/model.onnx");
  /** An empty doc_string, field 6 of ModelProto: another file, which computes the same. */
  const change = () => appendFileSync(model(), "2\0");
  const standing = (type: string) => engine.standing().filter((thing) => thing.type === `aws:${type}`);
  const stored = () =>
    standing("s3/bucketObjectv2:BucketObjectv2").filter(({ id }) => id.includes("endpoints/mymodel/"));

  before(async () => {
    engine = await Engine.start(projectRoot);
    dev = await engine.stack("dev");
    expect((await dev.up()).code).to.equal(0);
  });
  after(() => engine?.stop());

  it("is made before the function calls it, and takes the model out of the function's layer, and nothing else changes", async () => {
    await endpoint("model", "mymodel");
    await endpoint("instanceType", "ml.m5.large");
    const before = await dev.outputs();
    const previewed = touched(await dev.preview());
    const up = await dev.up();
    expect(touched(up)).to.deep.equal(previewed);
    const order = up.steps.map(({ op, name }) => `${op} ${name}`);
    expect(order.indexOf("create endpoint-mymodel-endpoint")).to.be.greaterThan(0);
    expect(order.indexOf("update model-function")).to.be.greaterThan(order.indexOf("create endpoint-mymodel-endpoint"));
    // Its alarms tell the topic, and the dashboard shows it; the key's policy names no more than before.
    const others = previewed.filter((step) => !/^create (endpoint|alarms|model-endpoints)/.test(step));
    expect(others).to.deep.equal([
      "delete model-models (BucketObjectv2)",
      "delete model-models (LayerVersion)",
      "update model-alias (Alias): functionVersion",
      "update model-code (BucketObjectv2): source",
      "update model-function (Function): layers[1], s3ObjectVersion",
      "update operations-dashboard (Dashboard): dashboardBody",
    ]);
    const { alarmTopicArn, ...after } = await dev.outputs();
    expect(alarmTopicArn).to.match(/^arn:aws:sns:/);
    expect(after).to.deep.equal(before);
    expect(touched(await dev.up())).to.deep.equal([]);
  });

  it("gets a new model in place, whose objects lie beside the old ones until it has it", async () => {
    change();
    const up = await dev.up();
    expect(touched(up)).to.deep.equal([...updated, ...pinned].sort());
    const order = up.steps.map(({ op, name }) => `${op} ${name}`);
    const at = (what: RegExp) => order.findIndex((step) => what.test(step));
    expect(at(/^create .*model\.onnx$/)).to.be.lessThan(at(/^update endpoint-mymodel-endpoint$/));
    expect(at(/^update endpoint-mymodel-endpoint$/)).to.be.lessThan(at(/^update model-function$/));
    expect(at(/^update endpoint-mymodel-endpoint$/)).to.be.lessThan(at(/^delete .*model\.onnx$/));
    expect(stored()).to.have.lengthOf(2);
    expect(standing("sagemaker/model:Model")).to.have.lengthOf(1);
  });

  it("keeps all that the old model needs, and the function as it was, where SageMaker rolls the update back", async () => {
    const kept = stored();
    const [was] = standing("sagemaker/endpoint:Endpoint");
    change();
    const failed = await dev.up({ failing: ["endpoint-mymodel-endpoint"] });
    expect(failed.code).not.to.equal(0);
    expect(failed.problems.join("\n")).to.contain("the simulated cloud refuses endpoint-mymodel-endpoint");
    expect(shown(failed).filter((step) => step.startsWith("delete ") || step.includes(" model-f"))).to.deep.equal([]);
    expect(stored()).to.deep.include.members(kept);
    expect(standing("sagemaker/endpoint:Endpoint")).to.deep.equal([was]);
    expect(standing("sagemaker/model:Model")).to.have.lengthOf(2);
  });

  it("goes on with the old model once that is put back", async () => {
    copyFileSync(join(projectRoot, "models/mymodel/model.onnx"), model());
    change();
    const up = await dev.up();
    expect(up.code, up.complaint).to.equal(0);
    expect(shown(up).filter((step) => step.includes("-endpoint (Endpoint)"))).to.deep.equal([
      "update endpoint-mymodel-endpoint (Endpoint): endpointConfigName",
    ]);
    expect(stored()).to.have.lengthOf(2);
    expect(standing("sagemaker/model:Model")).to.have.lengthOf(1);
    expect(standing("sagemaker/endpointConfiguration:EndpointConfiguration")).to.have.lengthOf(1);
    expect(touched(await dev.up())).to.deep.equal([]);
  });

  it("follows the requests with its instances, and is told apart from what scaling does", async () => {
    await endpoint("maxInstances", "3");
    expect(touched(await dev.up())).to.deep.equal([
      "create endpoint-mymodel-range (Target)",
      "create endpoint-mymodel-scaling (Policy)",
    ]);
    expect(touched(await dev.up())).to.deep.equal([]);
  });

  it("gives the model back to the function before it is deleted", async () => {
    await engine.pulumi(["config", "rm", "--stack", "dev", "endpoints"]);
    const up = await dev.up();
    expect(up.code, up.complaint).to.equal(0);
    const order = up.steps.map(({ op, name }) => `${op} ${name}`);
    expect(order.indexOf("update model-function")).to.be.greaterThan(-1);
    expect(order.indexOf("update model-function")).to.be.lessThan(order.indexOf("delete endpoint-mymodel-endpoint"));
    expect(order.indexOf("update model-alias")).to.be.lessThan(order.indexOf("delete model-endpoints"));
    expect(engine.standing().filter(({ type }) => type.startsWith("aws:sagemaker/"))).to.deep.equal([]);
    expect(stored()).to.deep.equal([]);
  });

  it("is destroyed with its stack", async () => {
    await endpoint("model", "mymodel");
    await endpoint("instanceType", "ml.m5.large");
    expect((await dev.up()).code).to.equal(0);
    expect((await dev.destroy()).code).to.equal(0);
    expect(engine.standing().map(({ type }) => type)).to.deep.equal([
      "aws:apigateway/account:Account",
      "aws:iam/role:Role",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ]);
  });
});
