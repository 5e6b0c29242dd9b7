import { expect } from "chai";
import { evaluate } from "../../../graph/evaluate";

/** The message of the fault that the settings give. */
async function faultOf(set: Record<string, unknown>, stack = "dev"): Promise<string> {
  try {
    await evaluate({ stack, set });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the settings were taken");
}

describe("Infrastructure: the setting endpoints", () => {
  const one = { model: "mymodel", instanceType: "ml.m5.large" };
  const table: [fault: string, set: Record<string, unknown>, line: RegExp][] = [
    [
      "a model that is not in the folder",
      { endpoints: [{ ...one, model: "other" }] },
      /^endpoints\[0\]\.model: is not in models: pulumi config set --path 'endpoints\[0\]\.model' mymodel$/,
    ],
    [
      "a name that no model can have",
      { endpoints: [{ ...one, model: "../x" }] },
      /endpoints\[0\]\.model: is not a model's name: pulumi config set --path 'endpoints\[0\]\.model' mymodel/,
    ],
    [
      "a model twice",
      { endpoints: [one, one] },
      /endpoints\[1\]\.model: already has an endpoint: pulumi config rm --path 'endpoints\[1\]'/,
    ],
    [
      "no instance type",
      { endpoints: [{ model: "mymodel" }] },
      /endpoints\[0\]\.instanceType: is missing: pulumi config set --path 'endpoints\[0\]\.instanceType' ml\.m5\.large/,
    ],
    [
      "an unknown instance type",
      { endpoints: [{ ...one, instanceType: "ml.m5.larg" }] },
      /endpoints\[0\]\.instanceType: is not an instance type of SageMaker's endpoints; did you mean ml\.m5\.large\?: pulumi config set --path 'endpoints\[0\]\.instanceType' ml\.m5\.large/,
    ],
    [
      "a GPU that the region does not have",
      { awsRegion: "eu-west-3", endpoints: [{ ...one, instanceType: "ml.p4d.24xlarge" }] },
      /endpoints\[0\]\.instanceType: has a GPU that AWS does not offer in eu-west-3: pulumi config set/,
    ],
    [
      "more instances at least than at most",
      { endpoints: [{ ...one, minInstances: 3, maxInstances: 2 }] },
      /endpoints\[0\]\.maxInstances: is less than minInstances: pulumi config set --path 'endpoints\[0\]\.maxInstances' 3/,
    ],
    [
      "no instance",
      { endpoints: [{ ...one, minInstances: 0 }] },
      /endpoints\[0\]\.minInstances: is not a whole number from 1 to 100: pulumi config set --path 'endpoints\[0\]\.minInstances' 1/,
    ],
    [
      "too many instances",
      { endpoints: [{ ...one, maxInstances: 101 }] },
      /endpoints\[0\]\.maxInstances: is not a whole number from 1 to 100: pulumi config set --path 'endpoints\[0\]\.maxInstances' 100/,
    ],
    [
      "more instances of a burstable type",
      { endpoints: [{ ...one, instanceType: "ml.t2.medium", maxInstances: 2 }] },
      /endpoints\[0\]\.maxInstances: is more than minInstances, and AWS scales no burstable instance type: pulumi config set --path 'endpoints\[0\]\.instanceType' ml\.m5\.large/,
    ],
    [
      "a number in words",
      { endpoints: [{ ...one, invocationsPerInstance: "many" }] },
      /endpoints\[0\]\.invocationsPerInstance: is not a whole number from 1 to 1000000: pulumi config set/,
    ],
    [
      "neither yes nor no",
      { endpoints: [{ ...one, batching: "perhaps" }] },
      /endpoints\[0\]\.batching: is neither true nor false: pulumi config set --path 'endpoints\[0\]\.batching' false/,
    ],
    [
      "a misspelt field",
      { endpoints: [{ ...one, instances: 2 }] },
      /endpoints\[0\]\.instances: is not a field of an endpoint: pulumi config rm --path 'endpoints\[0\]\.instances'/,
    ],
    ["something that is no list", { endpoints: "mymodel" }, /endpoints: is not a list of objects: pulumi config set/],
    [
      "more endpoints than the function's role has room for",
      { endpoints: Array.from({ length: 21 }, (_, index) => ({ ...one, model: `m${index}` })) },
      /endpoints: has more than 20 entries: pulumi config rm --path 'endpoints\[20\]'/,
    ],
    [
      "no API",
      { apiGateway: false, secrets: true, endpoints: [one] },
      /endpoints: have no effect without an API: pulumi config rm endpoints/,
    ],
    [
      "a region without the engine's image",
      { awsRegion: "us-gov-west-1", secretsRegion: "us-gov-east-1", endpoints: [one] },
      /awsRegion: has no AWS Triton image, which endpoints need: pulumi config set awsRegion us-east-1/,
    ],
    [
      "a digest that is none",
      { endpoints: [one], endpointImageDigest: "latest" },
      /endpointImageDigest: is not an image's digest: pulumi config set endpointImageDigest sha256:/,
    ],
    [
      "a digest without an endpoint",
      { endpointImageDigest: `sha256:${"0".repeat(64)}` },
      /endpointImageDigest: has no effect without endpoints: pulumi config rm endpointImageDigest/,
    ],
  ];
  for (const [fault, set, line] of table)
    it(`refuses ${fault}`, async () => {
      expect(await faultOf(set)).to.match(new RegExp(line.source, "m"));
    });

  it("refuses an endpoint for the model that the training publishes, with the reason", async () => {
    expect(await faultOf({ endpoints: [one] }, "prod")).to.match(
      /endpoints\[0\]\.model: is the model that the module sagemaker publishes, and a publication does not reach an endpoint: pulumi config rm --path 'endpoints\[0\]'/,
    );
  });

  it("leaves unset what has a default", async () => {
    const { resources } = await evaluate({ stack: "dev", set: { endpoints: [one] } });
    const configuration = resources.find(({ type }) => type.includes("EndpointConfiguration"));
    expect(configuration?.inputs["productionVariants"]).to.have.nested.property("[0].initialInstanceCount", 1);
    expect(resources.filter(({ type }) => type.includes("appautoscaling"))).to.deep.equal([]);
  });
});
