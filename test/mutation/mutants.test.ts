import { expect } from "chai";
import { explains, readUnnoticed } from "../../policy/unnoticed";
import { a, but, graphOf, policy } from "../policy/a-graph";
import { irrelevance } from "./irrelevance";
import { Judge } from "./judge";
import { type Mutant, mutantsOf } from "./mutants";

const queue = a("aws:sqs/queue:Queue", "queue", { kmsMasterKeyId: "alias/model", fifoQueue: false, delaySeconds: 2 });
const role = a("aws:iam/role:Role", "role");
const topic = (statement: Record<string, unknown>) =>
  a("aws:sns/topicPolicy:TopicPolicy", "topic", {
    arn: "arn:aws:sns:us-east-1:123456789012:t",
    policy: policy(statement),
  });
const allow = {
  Effect: "Allow",
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Action: "sns:Publish",
  Resource: "arn:aws:sns:us-east-1:123456789012:t",
  Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
};

const mutants = (...resources: ReturnType<typeof a>[]) => [...mutantsOf(graphOf(resources), resources)];
const labels = (all: readonly Mutant[]) => all.map(({ path, kind }) => `${path} ${kind}`);

describe("Mutants", () => {
  it("are each property deleted, flipped, raised and set to zero, and the resource dropped", () => {
    expect(labels(mutants(queue))).to.deep.equal([
      " dropped",
      "kmsMasterKeyId deleted",
      "fifoQueue unset",
      "fifoQueue flipped",
      "delaySeconds deleted",
      "delaySeconds raised",
      "delaySeconds zero",
    ]);
  });

  it("are protections taken away", () => {
    const bucket = a("aws:s3/bucket:Bucket", "data", {}, { protect: true });
    expect(labels(mutants(bucket))).to.deep.equal([" dropped", " unprotected", "forceDestroy added"]);
    expect(mutants(bucket).map(({ resource }) => resource?.protect)).to.deep.equal([undefined, false, true]);
  });

  it("widen an Allow inside a document, and narrow a Deny", () => {
    const path = "policy.Statement.0";
    const found = labels(mutants(topic(allow)));
    for (const each of ["Action everything", "Resource everything", "Resource account", "Principal service"].concat(
      "Condition deleted",
      "Condition.StringEquals.aws:SourceAccount account",
    ))
      expect(found.map((label) => label.replace(".Service ", " "))).to.include(`${path}.${each}`);
    expect(found, "an Allow that is gone allows less").not.to.include(`${path} deleted`);
    const denied = labels(mutants(topic({ ...allow, Effect: "Deny" })));
    for (const each of [" deleted", ".Effect allowed", ".Principal somebody", ".Condition added"])
      expect(denied).to.include(`${path}${each}`);
  });

  it("are written back as the text that they were", () => {
    const wide = mutants(topic(allow)).find(({ kind, path }) => kind === "everything" && path.endsWith("Action"))!;
    expect(wide.resource!.inputs.policy).to.equal(policy({ ...allow, Action: "*" }));
    expect(wide.resource!.outputs.policy).to.equal(wide.resource!.inputs.policy);
  });

  it("are noticed by the rule that sees them, and not by a rule that found as much before", () => {
    const judge = new Judge(graphOf([role, queue]));
    const by = (kind: string, path: string) =>
      judge.noticed(mutants(queue).find((one) => one.kind === kind && one.path === path)!);
    expect(by("deleted", "kmsMasterKeyId")).to.equal("queue-is-encrypted");
    expect(by("raised", "delaySeconds")).to.equal(undefined);
    const plain = but(queue, { kmsMasterKeyId: undefined });
    const before = new Judge(graphOf([role, plain]));
    expect(before.noticed(mutants(plain).find(({ kind }) => kind === "flipped")!)).to.equal(undefined);
  });

  it("do not count where the provider demands the property, or the table says why not", () => {
    const mutant = { type: "aws:s3/bucketPolicy:BucketPolicy", name: "p", kind: "deleted", resource: undefined };
    expect(irrelevance({ ...mutant, path: "policy" })).to.equal("the provider demands it");
    expect(irrelevance({ ...mutant, path: "policy.Version" })).to.match(/older language/);
    expect(irrelevance({ ...mutant, path: "policy.Statement.0" })).to.equal(undefined);
  });
});

describe("policy/unnoticed.yaml", () => {
  it("can be read, and names types and properties, not all of them", () => {
    expect(readUnnoticed()).not.to.be.empty;
    for (const { property } of readUnnoticed()) expect(property).not.to.match(/^\*/);
  });

  it("explains a property of a type, with `*` for any letters", () => {
    const entry = { type: "t", property: "rules.*.limit", reason: "" };
    expect(explains(entry, { type: "t", path: "rules.3.limit" })).to.equal(true);
    expect(explains(entry, { type: "t", path: "rules.3.limits" })).to.equal(false);
    expect(explains(entry, { type: "u", path: "rules.3.limit" })).to.equal(false);
  });
});
