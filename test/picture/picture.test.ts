import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import type { Graph, Resource } from "../../graph/resource";
import { pictureOf } from "../../picture/from-graph";
import type { Picture, PictureNode, Point, Rectangle } from "../../picture/picture";

/** Every kind of resource at least once, between them. */
const stacks: Readonly<Record<string, { stack: string; set?: Record<string, unknown> }>> = {
  dev: { stack: "dev" },
  prod: { stack: "prod" },
  "prod with everything on": {
    stack: "prod",
    set: {
      ...{
        apiGatewayAuth: "cognito",
        clients: [{ name: "alpha" }, { name: "beta", rate: 5 }],
        modelWarm: 2,
        modelWarmMost: 5,
      },
      ...{ modelsFolder: "test/fixtures/models", defaultModel: "add", apiGatewayDomain: "api.example.com" },
      ...{ endpoints: [{ model: "zipmap", instanceType: "ml.m5.large", maxInstances: 2 }], authorizerNetwork: "nat" },
      ...{ trainingSchedule: "rate(7 days)", modelWarmHours: "6-18", gcpKeyUsers: ["user:a@example.com"] },
    },
  },
  "dev with an existing VPC": {
    stack: "dev",
    set: {
      ...{ apiGatewayAuth: "lambda", oidcIssuer: "https://issuer.example.com", oidcAudience: "models", httpApi: true },
      ...{ httpApiAuth: "jwt", sagemaker: true, network: true, vpcId: "vpc-0123456789abcdef0" },
      subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    },
  },
  "no module": { stack: "dev", set: { apiGateway: false } },
};

const graphs = new Map<string, Promise<Graph>>();
const graphOf = (name: string): Promise<Graph> => {
  if (!graphs.has(name)) graphs.set(name, evaluate(stacks[name]!));
  return graphs.get(name)!;
};

const said = ({ nodes, edges }: Picture): string[] => {
  const name = (id: string): string =>
    nodes.map((node) => (node.id === id ? `${node.label} (${node.kind})` : "")).join("");
  return edges.filter(({ minor }) => !minor).map(({ from, label, to }) => `${name(from)} ${label} ${name(to)}`);
};

const overlap = (one: Rectangle, other: Rectangle): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** Points on a line as it is drawn: level at each point, and between two as a curve. */
function* along(points: readonly Point[]): Generator<Point> {
  for (const [index, end] of points.entries()) {
    const start = points[index - 1];
    if (start === undefined) continue;
    for (let t = 0; t <= 1; t += 0.05) {
      const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
      yield { x: (a + (b + c) / 2) * start.x + ((b + c) / 2 + d) * end.x, y: (a + b) * start.y + (c + d) * end.y };
    }
  }
}

function resource(type: string, name: string, given: Partial<Resource> = {}): Resource {
  return {
    ...{
      type,
      name,
      urn: `urn:pulumi:test::test::${type}::${name}`,
      id: `${name}-1234567`,
      parent: "",
      inputs: {},
      outputs: {},
    },
    ...{ dependencies: [], propertyDependencies: {}, protect: false, deleteBeforeReplace: false, secrets: [] },
    ...given,
  };
}

const program = (...resources: Resource[]): Graph => ({ stack: "test", resources, examples: [], outputs: {} });

describe("Picture", () => {
  for (const name of Object.keys(stacks)) {
    it(`has every resource of ${name} once: in a node, or as a component of a module`, async () => {
      const graph = await graphOf(name);
      const { nodes, modules } = pictureOf(graph);
      const shown = [...nodes, ...modules].flatMap(({ resources }) => resources);
      expect(shown.toSorted()).to.deep.equal(graph.resources.map(({ urn }) => urn).toSorted());
      expect(new Set([...nodes, ...modules].map(({ id }) => id)).size).to.be.at.least(nodes.length);
      for (const { id, module } of nodes.filter(({ resources }) => resources.length > 0))
        expect(
          modules.map((one) => one.id),
          id,
        ).to.include(module);
    });

    it(`draws ${name} without a box above another, and with each in the frame of its module alone`, async () => {
      const { nodes, modules, width, height } = pictureOf(await graphOf(name));
      const frames = modules.filter(({ frame }) => frame !== undefined);
      for (const boxes of [nodes, frames.map(({ id, frame }) => ({ id, ...frame! }))])
        for (const [index, box] of boxes.entries()) {
          expect(
            boxes
              .slice(index + 1)
              .filter((other) => overlap(box, other))
              .map(({ id }) => `${box.id}, ${id}`),
          ).to.deep.equal([]);
          expect(
            box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
            box.id,
          ).to.equal(true);
        }
      for (const node of nodes)
        expect(
          frames.filter(({ frame }) => overlap(node, frame!)).map(({ id }) => id),
          node.id,
        ).to.deep.equal(frames.filter(({ id }) => id === node.module).map(({ id }) => id));
    });

    it(`draws no line of ${name} through a box`, async () => {
      const { nodes, edges } = pictureOf(await graphOf(name));
      const inside = ({ x, y }: Point, node: PictureNode): boolean =>
        x > node.x + 1 && x < node.x + node.width - 1 && y > node.y + 1 && y < node.y + node.height - 1;
      const through = edges.flatMap(({ id, points }) =>
        nodes
          .filter((node) => [...along(points)].some((point) => inside(point, node)))
          .map((node) => `${id}: ${node.id}`),
      );
      expect(through).to.deep.equal([]);
      expect(edges.filter(({ minor, points }) => minor === points.length > 0)).to.deep.equal([]);
    });
  }

  it("says of dev what flows in it, and nothing else", async () => {
    expect(said(pictureOf(await graphOf("dev")))).to.have.members([
      "Callers (clients of the APIs) HTTPS apiGateway (REST API)",
      "usage (usage plan) limits apiGateway (REST API)",
      "apiGateway (REST API) invokes model (Lambda function)",
      "model (Lambda function) loads models (Lambda layer)",
      "model (Lambda function) loads native-library (Lambda layer)",
    ]);
  });

  it("says of prod what flows in it, and nothing else", async () => {
    expect(said(pictureOf(await graphOf("prod")))).to.have.members([
      "Callers (clients of the APIs) HTTPS firewall (WAF web ACL)",
      "Callers (clients of the APIs) HTTPS httpApi (custom domain)",
      "firewall (WAF web ACL) filters apiGateway (REST API)",
      "firewall (WAF web ACL) filters auth0Authorizer (REST API)",
      "usage (usage plan) limits apiGateway (REST API)",
      "auth0 (Auth0 API) tokens authorizer (Lambda function)",
      "auth0 (Auth0 API) authorizes httpApi (HTTP API)",
      "authorizer (Lambda function) authorizes auth0Authorizer (REST API)",
      "httpApi (custom domain) trusts truststore (S3 bucket)",
      "httpApi (custom domain) maps to httpApi (HTTP API)",
      "apiGateway (REST API) invokes model (Lambda function)",
      "auth0Authorizer (REST API) invokes model (Lambda function)",
      "httpApi (HTTP API) invokes model (Lambda function)",
      "model (Lambda function) loads models (Lambda layer)",
      "model (Lambda function) loads native-library (Lambda layer)",
      "model (Lambda function) runs in network (VPC)",
      "model (Lambda function) reads models (S3 bucket)",
      "operations (18 alarms) notifies alarms (SNS topic)",
      "training (SageMaker pipeline) registers in models (model registry)",
      "training (SageMaker pipeline) reads, writes training (S3 bucket)",
      "models (model registry) events publisher (Lambda function)",
      "publisher (Lambda function) reads training (S3 bucket)",
      "publisher (Lambda function) reads, writes models (S3 bucket)",
      "publisher (Lambda function) loads native-library (Lambda layer)",
      "canary (alarm) invokes publisher (Lambda function)",
      "canary (alarm) notifies alarms (SNS topic)",
      "alarms (2 alarms) notifies alarms (SNS topic)",
      "rotation (Lambda function) rotates api-key (secret)",
      "rotation (Lambda function) reads, writes usage (usage plan)",
      "rotation (Lambda function) invokes apiGateway (REST API)",
      "api-key (secret) events alarms (SNS topic)",
      "alarms (3 alarms) notifies alarms (SNS topic)",
    ]);
  });

  it("knows what it does not draw: what keys encrypt, what alarms watch, where code and logs lie", async () => {
    const { nodes, edges } = pictureOf(await graphOf("prod"));
    const minor = edges.filter((edge) => edge.minor).map(({ id, label }) => `${id}: ${label}`);
    expect(minor).to.include.members([
      "encryption/KMS-key/encryption > model/Lambda-function/model: encrypts",
      "model/Lambda-function/model > operations/alarm/operations: watched by",
      "apiGateway/REST-API/apiGateway > operations/alarm/operations: watched by",
      "apiGateway/REST-API/apiGateway > operations/dashboard/operations: shown by",
      "code-store/S3-bucket/code-store > model/Lambda-function/model: code",
    ]);
    // That an alarm is over is no second thing.
    expect(minor.filter((edge) => edge.startsWith("alarms/SNS-topic/"))).to.deep.equal([]);
    expect(nodes.find(({ id }) => id === "secrets/KMS-key/kms")?.details).to.deep.equal(["encrypts 4 parts"]);
  });

  it("says of an API its stage, its routes and what its callers need", async () => {
    const details = async (name: string): Promise<(readonly string[])[]> =>
      pictureOf(await graphOf(name)).nodes.flatMap((node) => (/API$|domain$/.test(node.kind) ? [node.details] : []));
    expect(await details("dev")).to.deep.equal([["stage dev", "15 routes", "API key"]]);
    expect(await details("prod")).to.deep.include.members([
      ["stage prod", "15 routes", "IAM + API key"],
      ["stage prod", "15 routes", "token"],
      ["mutual TLS"],
    ]);
  });

  it("shows a resource of a type that it does not know as a node of its own, with what it uses", () => {
    const table = resource("aws:dynamodb/table:Table", "history", {
      outputs: { arn: "arn:aws:dynamodb:us-east-1:1:table/history-1" },
    });
    const topic = resource("aws:sns/topic:Topic", "news", {
      inputs: { policy: `{"Resource": "arn:aws:dynamodb:us-east-1:1:table/history-1"}` },
    });
    const picture = pictureOf(program(table, topic));
    expect(said(picture)).to.deep.equal(["news (SNS topic) uses history (dynamodb Table)"]);
  });

  it("draws what a role is allowed, in a word, and not what it is denied", () => {
    const bucket = resource("aws:s3/bucket:Bucket", "notes", { outputs: { arn: "arn:aws:s3:::notes-1234567" } });
    const job = resource("aws:lambda/function:Function", "job", { inputs: { role: "arn:aws:iam::1:role/job" } });
    const role = resource("aws:iam/role:Role", "job-role", {
      parent: "urn:job",
      outputs: { arn: "arn:aws:iam::1:role/job" },
    });
    const component = resource("test:infra:Job", "job", { urn: "urn:job", id: "" });
    const policy = (...statements: object[]): Resource =>
      resource("aws:iam/rolePolicy:RolePolicy", "job-policy", {
        inputs: { role: role.id, policy: JSON.stringify({ Statement: statements }) },
      });
    const statement = (effect: string, action: string): object => ({
      ...{ Effect: effect, Action: action, Resource: "arn:aws:s3:::notes-1234567/texts/*" },
    });
    const lines = (...statements: object[]): string[] =>
      said(pictureOf(program(component, bucket, { ...job, parent: "urn:job" }, role, policy(...statements))));
    expect(lines(statement("Allow", "s3:GetObject"))).to.deep.equal(["job (Lambda function) reads notes (S3 bucket)"]);
    expect(lines(statement("Allow", "s3:GetObject"), statement("Deny", "s3:PutObject"))).to.deep.equal([
      "job (Lambda function) reads notes (S3 bucket)",
    ]);
    expect(lines(statement("Deny", "s3:PutObject"))).to.deep.equal([]);
  });

  it("follows references and not names: without the document's integration, no line to the function", async () => {
    const graph = await graphOf("dev");
    const other = JSON.stringify(graph).replaceAll(
      "function:model-serving-dev-model:live/invocations",
      "function:elsewhere:live/invocations",
    );
    const lines = said(pictureOf(JSON.parse(other) as Graph));
    expect(lines).not.to.include("apiGateway (REST API) invokes model (Lambda function)");
    expect(lines).to.include("model (Lambda function) loads models (Lambda layer)");
  });

  it("draws an API whose document cannot be read", () => {
    const picture = pictureOf(program(resource("aws:apigateway/restApi:RestApi", "broken", { inputs: { body: "{" } })));
    expect(said(picture)).to.deep.equal(["Callers (clients of the APIs) HTTPS broken (REST API)"]);
  });

  it("is the same each time", async () => {
    const again = await evaluate(stacks.prod!);
    expect(pictureOf(again)).to.deep.equal(pictureOf(await graphOf("prod")));
  });
});
