import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type LivePointer, publishedKeys } from "../../../contract";
import type { Resource } from "../../../graph/resource";
import { roleOf } from "../../../local/aws/principals";
import { openAuthority } from "../../../local/certificates/authority";
import type { Invocation } from "../../../local/functions/environments/invocation";
import { policyOf } from "../../../local/iam/policy";
import { openTrainingCloud } from "../../../local/training/aws/cloud";
import { deliver } from "../../../local/training/aws/events";
import { openStandIns, sha256, shippedModel, type StandIns, variant } from "./stand-ins";
import { ServiceError } from "../../../local/aws/service";
import { tarGz } from "../../../local/training/jobs/container";

interface Outcome {
  readonly outcome: string;
  readonly pointer: LivePointer | null;
}

const result = (invocation: Invocation): Outcome => {
  expect(invocation.kind, JSON.stringify(invocation)).to.equal("result");
  return (invocation as { payload: Outcome }).payload;
};
const reason = (invocation: Invocation): string =>
  invocation.kind === "error" ? invocation.errorMessage : invocation.kind;

describe("the publisher", () => {
  let here: StandIns;
  const models = () => here.cloud.modelsBucket;
  const pointer = () => {
    const found = here.cloud.files.read(models(), publishedKeys.pointer("mymodel"));
    return found && (JSON.parse(found.body.toString("utf8")) as LivePointer);
  };

  before(async () => {
    here = await openStandIns({ canaryPercent: 10 });
  });
  after(() => here.close());

  it("has nothing to show, promote or take back before anything is published", async () => {
    for (const command of ["show", "promote", "rollback"]) {
      expect(result(await here.ask({ command })).pointer, command).to.equal(null);
    }
    expect(pointer()).to.equal(undefined);
  });

  it("rejects what is not what was registered, and publishes nothing of it", async () => {
    const other = variant("another");
    const input = { name: "features", type: "tensor(float)", shape: [-1, 5] };
    const cases: readonly (readonly [
      StandIns["register"] extends (c: Buffer, o?: infer O) => string ? O : never,
      RegExp,
    ])[] = [
      [{ report: { digest: sha256(other) } }, /digest is not the one/],
      [{ report: { inputs: [input] } }, /inputs or outputs are not those/],
      [{ report: { outputs: [] } }, /outputs is not a list/],
      [{ report: { digest: "none" } }, /digest is not a SHA-256/],
      [{ archive: Buffer.from("no archive") }, /not gzip/],
      [{ archive: tarGz([{ path: "../model.onnx", content: shippedModel }]) }, /holds 0 files/],
      [{ artefact: `s3://${here.cloud.pipeline.bucket}/trained/absent/model.tar.gz` }, /S3 refused GetObject: 403/],
      [{ artefact: "s3://somebody-elses/model.tar.gz" }, /points outside the training bucket/],
      [{ artefact: `s3://${here.cloud.pipeline.bucket}/code/model.tar.gz` }, /S3 refused GetObject: 403 AccessDenied/],
    ];
    for (const [of, why] of cases) {
      expect(reason(await here.approve(here.register(shippedModel, of))), JSON.stringify(of)).to.match(why);
    }
    const broken = Buffer.from("no model at all");
    expect(reason(await here.approve(here.register(broken))))
      .to.match(/./)
      .and.not.equal("result");
    expect(here.cloud.files.keys(models(), "")).to.deep.equal([]);
  });

  it("does not take an event at its word: the registry must say that the package is approved", async () => {
    const waiting = here.register(shippedModel, { status: "PendingManualApproval" });
    const event = here.cloud.registry.eventOf(waiting);
    const lie = { ...event, detail: { ...(event.detail as object), ModelApprovalStatus: "Approved" } };
    expect(result(await here.ask(lie)).outcome).to.equal("unchanged");
    const foreign = { ...event, detail: { ...(event.detail as object), ModelPackageGroupName: "another" } };
    expect(reason(await here.ask(foreign))).to.match(/another group/);
    expect(pointer()).to.equal(undefined);
  });

  it("rejects events of no kind that it knows", async () => {
    for (const event of [{}, null, [], { command: "delete" }, { source: "aws.s3", "detail-type": "Object Created" }]) {
      expect(reason(await here.ask(event)), JSON.stringify(event)).to.match(/event|command|object/);
    }
  });

  it("publishes an approved model under its digest, for the canary's share, once however often it is told", async () => {
    const packageArn = here.register(variant("one"));
    const outcomes = await deliver(here.graph, here.cloud.registry.eventOf(packageArn), here.functions);
    expect(outcomes.map((each) => result(each).outcome)).to.deep.equal(["published", "unchanged"]);
    const digest = sha256(variant("one"));
    expect(pointer()).to.deep.include({ digest, previous: null, canaryPercent: 10, reason: "published" });
    const stored = here.cloud.files.read(models(), publishedKeys.artefact("mymodel", digest));
    expect(stored?.body.equals(variant("one"))).to.equal(true);
  });

  it("hears of approvals alone: a package that waits matches no rule", async () => {
    const waiting = here.register(variant("waits"), { status: "PendingManualApproval" });
    expect(await deliver(here.graph, here.cloud.registry.eventOf(waiting), here.functions)).to.deep.equal([]);
    here.cloud.registry.approve(waiting);
    const told = await deliver(here.graph, here.cloud.registry.eventOf(waiting), here.functions);
    expect(told.map((each) => result(each).outcome)).to.deep.equal(["published", "unchanged"]);
    expect(pointer()).to.include({ digest: sha256(variant("waits")), previous: null });
  });

  it("loses none of two publications at the same time", async () => {
    const both = [here.register(variant("left")), here.register(variant("right"))];
    const outcomes = await Promise.all(both.map((arn) => here.approve(arn)));
    expect(outcomes.map((each) => result(each).outcome)).to.deep.equal(["published", "published"]);
    const versions = both.map((arn) => Number(arn.split("/").pop()));
    expect(pointer()!.handled).to.include.members(versions);
    expect([sha256(variant("left")), sha256(variant("right"))]).to.include(pointer()!.digest);
  });

  it("gives a canary all requests when it is promoted, and takes the next one back by the alarm, once", async () => {
    expect(result(await here.ask({ command: "promote" })).pointer).to.include({ canaryPercent: 100 });
    const proven = pointer()!.digest;
    result(await here.approve(here.register(variant("failing"))));
    expect(pointer()).to.include({ digest: sha256(variant("failing")), previous: proven, canaryPercent: 10 });

    const alarm = (alarmName: string, value: string) => ({
      source: "aws.cloudwatch",
      alarmArn: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${alarmName}`,
      alarmData: { alarmName, state: { value } },
    });
    expect(reason(await here.ask(alarm("another", "ALARM")))).to.match(/another one/);
    expect(reason(await here.ask(alarm("model-serving-dev-canary-errors", "OK")))).to.match(/did not go off/);
    expect(pointer()!.canaryPercent).to.equal(10);

    const off = alarm("model-serving-dev-canary-errors", "ALARM");
    expect(result(await here.ask(off)).outcome).to.equal("rolled back");
    expect(pointer()).to.include({ digest: proven, canaryPercent: 100, reason: "rolled back" });
    // It comes again: there is no canary any more, so nothing is taken back.
    expect(result(await here.ask(off)).outcome).to.equal("unchanged");
    expect(pointer()!.digest).to.equal(proven);
  });

  it("does not publish again after a rollback what it published before", async () => {
    const packageArn = here.register(variant("late"));
    result(await here.approve(packageArn));
    result(await here.ask({ command: "rollback" }));
    expect(result(await here.approve(packageArn)).outcome).to.equal("unchanged");
    expect(pointer()!.digest).not.to.equal(sha256(variant("late")));
  });

  it("is the only one who can write: neither the model function nor an administrator can", () => {
    const lambda = (name: string) =>
      here.graph.resources.find(
        ({ type, outputs }) => type === "aws:lambda/function:Function" && outputs.name === name,
      )!;
    const seed = Buffer.alloc(32, 7);
    const write = (principal: ReturnType<typeof roleOf>, functionArn?: string) => () =>
      here.cloud.buckets.put(
        { principal, functionArn },
        models(),
        publishedKeys.pointer("mymodel"),
        Buffer.from("{}"),
        undefined,
      );
    const before = pointer();
    const model = roleOf(here.graph, lambda("model-serving-dev-model"), seed);
    expect(write(model, String(lambda("model-serving-dev-model").outputs.arn))).to.throw(
      ServiceError,
      /not authorized/,
    );
    const publisher = roleOf(here.graph, lambda("model-serving-dev-publisher"), seed);
    // The role's credentials outside of the function: stolen, or taken by someone who may assume it.
    expect(write(publisher)).to.throw(ServiceError, /no identity-based policy allows/);
    expect(write(publisher, String(lambda("model-serving-dev-model").outputs.arn))).to.throw(ServiceError);
    const everything = { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
    const administrator = { ...model, arn: "administrator", policies: [policyOf(everything, "identity")] };
    expect(write(administrator)).to.throw(ServiceError, /explicit deny/);
    expect(write(administrator, here.cloud.publisherArn)).to.throw(ServiceError, /explicit deny/);
    expect(pointer()).to.deep.equal(before);
    expect(write(publisher, String(lambda("model-serving-dev-publisher").outputs.arn))).not.to.throw();
  });

  it("does not start where the bucket's policy asks what S3 does not know", async () => {
    const changed = (resource: Resource) =>
      resource.name !== "sagemaker-publication-models-policy"
        ? resource
        : {
            ...resource,
            inputs: {
              ...resource.inputs,
              policy: String(resource.inputs.policy).replace("aws:PrincipalArn", "lambda:SourceFunctionArn"),
            },
          };
    const graph = { ...here.graph, resources: here.graph.resources.map(changed) };
    const folder = mkdtempSync(join(tmpdir(), "refused-"));
    try {
      const authority = await openAuthority(join(folder, "authority"));
      const refused = await openTrainingCloud({ graph, authority, seed: Buffer.alloc(32, 7), clock: Date.now, folder })
        .then(() => "")
        .catch((error: Error) => error.message);
      expect(refused)
        .to.contain("sagemaker-publication-models-policy")
        .and.contain("Condition key lambda:SourceFunctionArn in a policy of a resource of s3");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
