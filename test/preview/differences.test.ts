import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { resourceTypes } from "../../graph/resource-types";
import type { Resource } from "../../graph/resource";
import { differences } from "../../preview/compare/differences";
import { preparations, protectedDeletions } from "../../preview/compare/failures";
import type { StackReport } from "../../preview/compare/report";
import { resourceChanges } from "../../preview/compare/resources";
import { code, markdown, resourcesLines } from "../../preview/markdown";
import { comparable } from "../../preview/version/comparable";

const resource = (type: string, inputs: object, more: Partial<Resource> = {}): Resource => ({
  type,
  name: "it",
  urn: `urn:pulumi:dev::p::${type}::it`,
  id: "",
  parent: "",
  inputs: inputs as Resource["inputs"],
  outputs: {},
  dependencies: [],
  propertyDependencies: {},
  protect: false,
  deleteBeforeReplace: false,
  secrets: [],
  ...more,
});
const comparing = { root: "/the/folder", key: Buffer.from("a key") };

describe("Preview: differences", () => {
  it("of documents that travel as text are told property by property", () => {
    const policy = (actions: string[]) => JSON.stringify({ Statement: [{ Sid: "A", Action: actions }, { Sid: "B" }] });
    expect(differences({ policy: policy(["a:x", "a:y"]) }, { policy: policy(["a:y", "a:*", "a:x"]) })).to.deep.equal([
      { path: "policy.Statement.0.Action", after: '"a:*"' },
    ]);
  });

  it("are none where only the order of keys or the layout of a document differs", () => {
    expect(differences({ a: 1, b: '{"x":1,"y":2}' }, { b: '{ "y": 2, "x": 1 }', a: 1 })).to.deep.equal([]);
  });

  it("are told where a list has the same items in another order, or one of them twice", () => {
    expect(differences({ a: [1, 2] }, { a: [2, 1] })).to.deep.equal([{ path: "a", before: "[1,2]", after: "[2,1]" }]);
    expect(differences({ a: [1] }, { a: [1, 1] })).to.deep.equal([{ path: "a", before: "[1]", after: "[1,1]" }]);
  });

  it("of a list compare what has the same name, wherever it stands now", () => {
    const rule = (name: string, priority: number, action = "block") => ({ name, priority, action });
    const rules = [rule("a", 0), rule("b", 1), rule("c", 2)];
    const inserted = [rule("new", 0), rule("a", 1), rule("b", 2, "allow"), rule("c", 3)];
    expect(differences({ rules }, { rules: inserted })).to.deep.equal([
      { path: "rules.0.priority", before: "0", after: "1" },
      { path: "rules.1.priority", before: "1", after: "2" },
      { path: "rules.1.action", before: '"block"', after: '"allow"' },
      { path: "rules.2.priority", before: "2", after: "3" },
      { path: "rules", after: '{"name":"new","priority":0,"action":"block"}' },
    ]);
  });

  it("show a property that comes or goes, and cut what is long", () => {
    const [first, second] = differences({ a: { x: 1 } }, { a: { y: "z".repeat(1000) } });
    expect(first).to.deep.equal({ path: "a.x", before: "1" });
    expect(second!.after).to.have.lengthOf.below(300).and.contain("(1002 characters)");
  });
});

describe("Preview: a comparable resource", () => {
  it("holds no secret, nor a digest that someone could guess by, and still shows that a secret changed", () => {
    const secret = (value: string) =>
      comparable(
        resource("a:b:C", { env: { KEY: value }, all: [value] }, { secrets: ["inputs.env.KEY", "inputs.all"] }),
        comparing,
      );
    const [one, other] = [secret("hunter2"), secret("hunter3")];
    const text = JSON.stringify([one, other]);
    expect(text).not.to.contain("hunter");
    expect(text).not.to.contain(createHash("sha256").update('"hunter2"').digest("hex"));
    expect(resourceChanges([one], [other])[0]!.changes).to.deep.equal([
      { path: "env.KEY", before: "[secret]", after: "[secret]" },
      { path: "all", before: "[secret]", after: "[secret]" },
    ]);
    expect(resourceChanges([one], [secret("hunter2")])).to.deep.equal([]);
  });

  it("hides a secret inside of something that comes or goes as a whole", () => {
    const with_ = comparable(
      resource("a:b:C", { env: { a: { KEY: "hunter2" } } }, { secrets: ["inputs.env.a.KEY"] }),
      comparing,
    );
    const without = comparable(resource("a:b:C", { env: {} }), comparing);
    expect(resourceChanges([without], [with_])[0]!.changes).to.deep.equal([
      { path: "env.a", after: '{"KEY":"[secret]"}' },
    ]);
  });

  it("does not know in which folder it was made", () => {
    expect(comparable(resource("a:b:C", { file: "/the/folder/x" }), comparing).inputs).to.deep.equal({ file: "./x" });
  });
});

describe("Preview: changes of resources", () => {
  it("replace where a property cannot be changed in place, and warn where the resource is protected", () => {
    const bucket = (name: string, protect: boolean) =>
      comparable(resource("aws:s3/bucket:Bucket", { bucket: name }, { protect }), comparing);
    const [change] = resourceChanges([bucket("a", true)], [bucket("b", true)]);
    expect(change).to.include({ op: "replaced", protected: true });
    const [released] = resourceChanges([bucket("a", true)], [bucket("a", false)]);
    expect(released!.changes).to.deep.equal([{ path: "protect", before: "true", after: "false" }]);
  });
});

describe("Preview: a deletion", () => {
  const group = (name: string, protect: boolean) =>
    comparable(
      resource("aws:sagemaker/modelPackageGroup:ModelPackageGroup", { modelPackageGroupName: name }, { protect }),
      comparing,
    );

  it("of what is protected is refused, and names the setting; a change in place is not", () => {
    for (const [after, what] of [
      [[group("b", true)], "replaced"],
      [[group("b", false)], "replaced"],
      [[], "deleted"],
    ] as const) {
      const [line, ...more] = protectedDeletions(resourceChanges([group("a", true)], after));
      expect(line).to.match(
        new RegExp(`would be ${what}, but it is protected: first pulumi config set protectData false`),
      );
      expect(more).to.deep.equal([]);
    }
    expect(protectedDeletions(resourceChanges([group("a", true)], [group("a", false)]))).to.deep.equal([]);
    expect(protectedDeletions(resourceChanges([group("a", false)], []))).to.deep.equal([]);
  });

  it("of a model package group asks to empty it, protected or not", () => {
    for (const after of [[group("b", false)], []])
      expect(preparations(resourceChanges([group("a", false)], after))[0]).to.match(
        /would be (replaced|deleted), which AWS refuses while anything is in it: docs\/runbook\.md/,
      );
    expect(preparations(resourceChanges([group("a", false)], [group("a", true)]))).to.deep.equal([]);
    expect(preparations(resourceChanges([], [group("a", false)]))).to.deep.equal([]);
  });

  it("sends to commands that the runbook has", () => {
    const runbook = readFileSync(join(projectRoot, "docs/runbook.md"), "utf8");
    const places = Object.values(resourceTypes).flatMap(({ emptiedFirst }) => emptiedFirst ?? []);
    expect(places).not.to.be.empty;
    for (const place of places) {
      const [, title] = /^docs\/runbook\.md \((.*)\)$/.exec(place) ?? [];
      expect(runbook).to.contain(`### ${title}\n`);
    }
    expect(runbook).to.contain("aws sagemaker list-model-packages").and.contain("aws sagemaker delete-model-package ");
  });
});

describe("Preview: an added resource", () => {
  const added = (type: string, inputs: object) =>
    resourceChanges([], [comparable(resource(type, inputs), comparing)])[0]!.changes;

  it("tells each statement that it allows, wherever the policy stands", () => {
    const allow = {
      Sid: "A",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::999999999999:root" },
      Action: "kms:*",
      Resource: "*",
    };
    const policy = JSON.stringify({ Statement: [allow, { ...allow, Effect: "Deny" }] });
    expect(added("aws:kms/key:Key", { policy, enableKeyRotation: true })).to.deep.equal([
      {
        path: "policy.0",
        after: 'Allow; Principal {"AWS":"arn:aws:iam::999999999999:root"}; Action kms:*; Resource *',
      },
    ]);
  });

  it("tells whom it lets in and where it sends data; others are told by name alone", () => {
    expect(added("aws:lambda/permission:Permission", { principal: "999999999999", action: "lambda:*" })).to.deep.equal([
      { path: "properties", after: 'principal "999999999999"; action "lambda:*"' },
    ]);
    for (const [type, key] of [
      ["aws:sns/topicSubscription:TopicSubscription", "endpoint"],
      ["aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "destinationArn"],
      ["aws:lambda/functionUrl:FunctionUrl", "authorizationType"],
      ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4"],
      ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn"],
      ["aws:s3/bucketAclV2:BucketAclV2", "acl"],
      ["gcp:projects/iAMMember:IAMMember", "member"],
      ["gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding", "members"],
      ["aws:ec2/route:Route", "destinationCidrBlock"],
      ["aws:cloudwatch/eventTarget:EventTarget", "arn"],
    ] as const)
      expect(added(type, { [key]: "x" }), type).to.deep.equal([{ path: "properties", after: `${key} "x"` }]);
    expect(added("aws:cloudwatch/metricAlarm:MetricAlarm", { threshold: 1 })).to.deep.equal([]);
  });

  it("tells this in a line below its parent's, if it comes with it", () => {
    const child = {
      name: "child",
      urn: "child",
      parent: "urn",
      type: "aws:iam/role:Role",
      consequences: [],
      protected: false,
    };
    const parent = {
      ...child,
      name: "parent",
      urn: "urn",
      parent: "",
      type: "a:b:Module",
      op: "added",
      changes: [],
    } as const;
    const changes = [{ path: "assumeRolePolicy.0", after: "Allow; Principal *" }];
    expect(resourcesLines([parent, { ...child, op: "added", changes }])).to.deep.equal([
      "* added `parent` (Module), with 1 in it: `child` (Role)",
      "  * `child`: `assumeRolePolicy.0` added `Allow; Principal *`",
    ]);
  });
});

describe("Preview: the Markdown of a hostile version", () => {
  it("holds its words in code spans alone", () => {
    const hostile = "](https://evil.example) @team <img> `x` **y** HOSTILE";
    const resource = {
      ...{ op: "added", type: `a:b:${hostile}(`, name: hostile, urn: "urn", parent: "", protected: false },
      ...{ changes: [{ path: hostile, before: hostile, after: hostile }], consequences: [hostile] },
    } as const;
    const cells = [{ credential: hostile, before: hostile, after: hostile }];
    const finding = { rule: hostile, severity: hostile, resource: hostile, about: hostile, message: hostile };
    const stack = {
      ...{ op: "kept", errors: [hostile], settings: resource.changes, outputs: resource.changes },
      resources: [resource, { ...resource, urn: "child", parent: "urn" }, { ...resource, op: "changed", urn: "other" }],
      access: [
        { route: hostile, op: "changed", requirements: { before: hostile, after: hostile }, cells, widened: true },
      ],
      context: [{ op: "new", line: hostile, widened: true, lost: hostile }],
      findings: [{ ...finding, op: "changed", status: hostile, before: hostile, reason: hostile }],
      failures: [],
      widened: [],
      before: [],
    } as unknown as StackReport;
    const report = {
      base: hostile,
      head: hostile,
      declared: resource.changes,
      failures: [hostile],
      widened: [hostile],
      before: [hostile],
      reviewed: [hostile],
    };
    const text = markdown({ ...report, exceptions: resource.changes, stacks: { [hostile]: stack } });
    expect(text.split("HOSTILE").length).to.be.greaterThan(20);
    expect(text.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, "")).not.to.match(/evil|@team|<img>|HOSTILE/);
  });
});

describe("Preview: a code span", () => {
  it("cannot be left by what it holds", () => {
    expect(code("a`b``c")).to.equal("```a`b``c```");
    expect(code("`x")).to.equal("`` `x ``");
    expect(code("one\n# two\r\n\u202ethree\u200b")).to.equal("`one # two three `");
  });
});
