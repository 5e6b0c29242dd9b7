import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { evaluate } from "../../../graph/evaluate";
import { type Graph, ofType, type Resource } from "../../../graph/resource";
import { roleOf } from "../../../local/aws/principals";
import { Buckets } from "../../../local/training/aws/buckets";
import { ObjectFiles } from "../../../local/training/aws/object-files";
import { type Place, wayTo } from "../../../local/training/aws/ways";

const seed = Buffer.alloc(32, 7);
type Inputs = Record<string, unknown>;

/** The graph with the inputs of a resource changed. */
function but(graph: Graph, name: string, changes: (inputs: Inputs) => Inputs): Graph {
  expect(graph.resources.filter((resource) => resource.name === name)).to.have.lengthOf(1);
  const change = (one: Resource) => ({ ...one, inputs: { ...one.inputs, ...changes({ ...one.inputs }) } });
  return { ...graph, resources: graph.resources.map((one) => (one.name === name ? change(one) : one)) };
}

describe("the ways out of the private network, played here", () => {
  let graph: Graph;
  let jobs: Place;
  let model: Resource;
  let ofModel: Place;

  before(async () => {
    graph = await evaluate({ stack: "dev", set: { sagemaker: true, network: true }, seed });
    model = graph.resources.find(({ name }) => name === "model-function")!;
    const place = model.inputs.vpcConfig as { subnetIds: string[]; securityGroupIds: string[] };
    ofModel = { subnets: place.subnetIds, groups: place.securityGroupIds };
    const group = graph.resources.find(({ name }) => name === "network-jobs-group")!;
    jobs = { subnets: place.subnetIds, groups: [group.id] };
  });

  it("lead the jobs to S3, logs and metrics, and the model function to S3 alone", () => {
    for (const service of ["s3", "logs", "monitoring"] as const) {
      expect(wayTo(graph, service, jobs).statements, service).not.to.have.lengthOf(0);
    }
    expect(wayTo(graph, "s3", ofModel).statements).to.have.lengthOf(5);
    for (const service of ["logs", "monitoring"] as const) {
      expect(() => wayTo(graph, service, ofModel)).to.throw(`nothing leads to ${service}`);
    }
  });

  const cut: readonly (readonly [
    what: string,
    service: "s3" | "logs",
    name: string,
    how: (inputs: Inputs) => Inputs,
  ])[] = [
    ["a zone's route", "s3", "storage-s3", ({ routeTableIds }) => ({ routeTableIds: [routeTableIds].flat().slice(1) })],
    [
      "the rule that lets out to S3",
      "s3",
      "network-jobs-group",
      ({ egress }) => ({ egress: [egress].flat().slice(1) }),
    ],
    [
      "the rule that lets out to endpoints",
      "logs",
      "network-jobs-group",
      ({ egress }) => ({ egress: [egress].flat().slice(0, 1) }),
    ],
    [
      "a range that has the endpoint",
      "logs",
      "network-jobs-group",
      () => ({ egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.16.0/20"] }] }),
    ],
    ["the rule that lets in", "logs", "network-jobs-endpoints", () => ({ ingress: [] })],
    [
      "the port",
      "logs",
      "network-jobs-endpoints",
      ({ ingress }) => ({
        ingress: [ingress].flat().map((rule) => ({ ...(rule as object), fromPort: 80, toPort: 80 })),
      }),
    ],
    ["the service's name", "logs", "network-jobs-logs", () => ({ privateDnsEnabled: false })],
    ["the VPC", "logs", "network-jobs-logs", () => ({ vpcId: "vpc-other" })],
  ];
  for (const [what, service, name, how] of cut) {
    it(`lead to no ${service} without ${what}`, () => {
      expect(() => wayTo(but(graph, name, how), service, jobs)).to.throw(`nothing leads to ${service}`);
    });
  }

  it("let a taken-over function carry nothing out, whatever its role were allowed", () => {
    const all = (inputs: Inputs) => {
      const policy = JSON.parse(String(inputs.policy)) as { Statement: object[] };
      const more = { Effect: "Allow", Action: "s3:*", Resource: "*" };
      return { policy: JSON.stringify({ ...policy, Statement: [...policy.Statement, more] }) };
    };
    const open = but(graph, "model-published", all);
    const names = ofType(open, "aws:s3/bucket:Bucket").map(({ id }) => id);
    const training = names.find((name) => name.startsWith("sagemaker-training"))!;
    const models = names.find((name) => name.startsWith("sagemaker-publication"))!;
    const code = names.find((name) => name.startsWith("code-store") && !name.includes("log"))!;
    const folder = mkdtempSync(join(tmpdir(), "ways-"));
    try {
      const files = new ObjectFiles(folder);
      const buckets = new Buckets(open, [training, models, code], files, Date.now);
      const actor = { principal: roleOf(open, model, seed), endpointPolicy: wayTo(open, "s3", ofModel) };
      const refused = /no VPC endpoint policy allows the s3:\w+ action/;
      files.write(code, "code.zip", Buffer.from("x"), undefined);
      expect(() => buckets.get(actor, code, "code.zip")).to.throw(refused);
      expect(() => buckets.put(actor, models, "models/m/live.json", Buffer.from("x"), undefined)).to.throw(
        /explicit deny|VPC endpoint/,
      );
      expect(() => buckets.put(actor, training, "data/stolen", Buffer.from("x"), undefined)).to.throw(refused);
      expect(() => buckets.list(actor, training, "")).to.throw(refused);
      files.write(models, "models/m/live.json", Buffer.from("x"), undefined);
      expect(buckets.get(actor, models, "models/m/live.json").body.toString()).to.equal("x");
      // The same role without the network: only its own policy would stand in the way.
      expect(buckets.get({ principal: actor.principal }, code, "code.zip").body.toString()).to.equal("x");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
