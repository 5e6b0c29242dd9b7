import { expect } from "chai";
import { checkEndpoints } from "../../doctor/endpoints";
import { checkNames } from "../../doctor/names";
import { evaluate } from "../../graph/evaluate";

/** What the AWS CLI prints for a command, by how it begins; a text is its refusal. */
type Answers = Readonly<Record<string, object | string>>;

const digest = `sha256:${"1".repeat(64)}`;
const notFound = 'An error occurred (ValidationException): Could not find endpoint "arn:aws:sagemaker:…:endpoint/x".';

const standing: Answers = {
  "service-quotas list-service-quotas": [{ name: "ml.m5.large for endpoint usage", code: "L-0000000A", value: 4 }],
  "service-quotas list-aws-default-service-quotas": [
    { name: "ml.m5.large for endpoint usage", code: "L-0000000A", value: 0 },
    { name: "ml.g5.xlarge for endpoint usage", code: "L-0000000B", value: 0 },
  ],
  "ecr describe-images": { imageDetails: [{ imageDigest: digest }] },
  "sagemaker describe-endpoint": notFound,
};

describe("Doctor: endpoints", () => {
  const asked: string[] = [];

  async function said(entry: object, answers: Answers, more: object = {}): Promise<string[]> {
    asked.length = 0;
    const set = { endpoints: [{ model: "mymodel", instanceType: "ml.m5.large", ...entry }], ...more };
    const checks = checkEndpoints(
      (...args) => {
        const line = args.join(" ");
        asked.push(line);
        const answer = Object.entries({ ...standing, ...answers }).find(([words]) => line.startsWith(words))![1];
        return Promise.resolve(
          typeof answer === "string" ? { ok: false, missing: false, reason: answer } : { ok: true, json: answer },
        );
      },
      await evaluate({ stack: "dev", set }),
    );
    return (await Promise.all(checks)).map(({ state, text }) => `${state}: ${text}`);
  }

  it("are good where the account has the instances, the registry the image, and nothing stands yet", async () => {
    expect(await said({ minInstances: 1, maxInstances: 4 }, {})).to.deep.equal([
      "good: endpoints' quotas: ml.m5.large: 4 are needed, 4 can be",
      `good: engine's image: 25.04-py3 is there; to pin it: pulumi config set endpointImageDigest ${digest}`,
      "good: endpoint model-serving-dev-mymodel: this stack makes it",
    ]);
    for (const line of asked) expect(line).to.match(/^[\w-]+ (list|describe)-/);
    expect(asked[1]).to.match(
      /--registry-id 763104351884 --repository-name sagemaker-tritonserver --image-ids imageTag=/,
    );
  });

  it("count the instances of an update beside those that it replaces", async () => {
    expect((await said({ minInstances: 2 }, {}))[0]).to.match(/^good: .*ml\.m5\.large: 4 are needed, 4 can be$/);
    expect((await said({ minInstances: 3 }, {}))[0]).to.equal(
      "bad: endpoints' quotas (an update needs twice the instances): ml.m5.large: 6 are needed, 4 can be: aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code L-0000000A --desired-value 6, or another instanceType than ml.m5.large",
    );
    expect(asked.filter((line) => line.includes("default"))).to.deep.equal([]);
    expect((await said({ instanceType: "ml.g5.xlarge" }, {}))[0]).to.match(
      /^bad: .*ml\.g5\.xlarge: 2 are needed, 0 can be: .* --quota-code L-0000000B --desired-value 2/,
    );
    expect((await said({ instanceType: "ml.g6.xlarge" }, {}))[0]).to.match(
      /^unknown: .*ml\.g6\.xlarge: 2 are needed, an unknown number can be$/,
    );
    expect((await said({}, { "service-quotas list-service-quotas": "AccessDenied" }))[0]).to.equal(
      "unknown: endpoints' quotas: AccessDenied",
    );
  });

  it("tell an image that is not there from one that the registry does not show", async () => {
    const pinned = { endpointImageDigest: digest };
    expect((await said({}, {}, pinned))[1]).to.equal("good: engine's image: the pinned one is there");
    expect(asked[1]).to.contain(`--image-ids imageDigest=${digest}`);
    const refused = async (reason: string) => (await said({}, { "ecr describe-images": reason }, pinned))[1];
    expect(await refused("An error occurred (ImageNotFoundException) when calling DescribeImages")).to.match(
      /^bad: engine's image: the registry does not have imageDigest=sha256:1+: pulumi config rm endpointImageDigest$/,
    );
    expect(await refused("AccessDeniedException")).to.equal("unknown: engine's image: AccessDeniedException");
  });

  it("tell what state an endpoint is in, and what to do about it", async () => {
    const of = async (EndpointStatus: string) =>
      (await said({}, { "sagemaker describe-endpoint": { EndpointStatus } })).at(-1);
    const name = "endpoint model-serving-dev-mymodel";
    expect(await of("InService")).to.equal(`good: ${name}: in service`);
    for (const status of ["Creating", "Updating", "RollingBack"])
      expect(await of(status)).to.equal(
        `bad: ${name}: is ${status}, and takes no change meanwhile: aws sagemaker wait endpoint-in-service --endpoint-name model-serving-dev-mymodel`,
      );
    for (const status of ["Failed", "UpdateRollbackFailed", "OutOfService"])
      expect(await of(status)).to.equal(`bad: ${name}: is ${status}: docs/runbook.md (Endpoint update failed)`);
    expect((await said({}, { "sagemaker describe-endpoint": "AccessDenied" })).at(-1)).to.equal(
      `unknown: ${name}: AccessDenied`,
    );
  });

  it("are not looked at where there is none, and have names that SageMaker takes", async () => {
    const nothing = await evaluate({ stack: "dev" });
    expect(checkEndpoints(() => Promise.reject(new Error("asked")), nothing)).to.deep.equal([]);
    const graph = await evaluate({
      stack: "dev",
      set: { endpoints: [{ model: "mymodel", instanceType: "ml.m5.large" }] },
    });
    expect(checkNames(graph).map(({ state }) => state)).to.deep.equal(["good"]);
    const renamed = graph.resources.map((one) =>
      one.type.endsWith(":Endpoint") ? { ...one, inputs: { ...one.inputs, name: "my_model" } } : one,
    );
    expect(checkNames({ ...graph, resources: renamed })[0]!.text).to.contain("characters that are not allowed");
  });
});
