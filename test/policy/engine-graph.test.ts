import { expect } from "chai";
import { checkGraph } from "../../policy/check";
import { engineGraph, type EngineResource } from "../../policy/engine-graph";

const today = new Date("2026-11-20");

/** Properties as the engine's policy SDK gives them in a preview: to read one of these names throws. */
function withUnknowns(values: object, unknown: readonly string[]): Record<string, unknown> {
  const all = Object.fromEntries([...Object.entries(values), ...unknown.map((key) => [key, "?"])]) as Record<
    string,
    unknown
  >;
  return new Proxy(all, {
    get(target, key) {
      if (unknown.includes(String(key))) throw new Error(`${String(key)} can't be known during preview`);
      return target[String(key)];
    },
  });
}

function resource(
  type: string,
  name: string,
  props: Record<string, unknown>,
  more: Partial<EngineResource> = {},
): EngineResource {
  const urn = `urn:pulumi:prod::model-serving::${type}::${name}`;
  return { type, name, urn, props, opts: { protect: false }, dependencies: [], propertyDependencies: {}, ...more };
}

const bucket = resource("aws:s3/bucket:Bucket", "data", withUnknowns({}, ["id", "arn"]));
const versioning = resource(
  "aws:s3/bucketVersioning:BucketVersioning",
  "versions",
  withUnknowns({ versioningConfiguration: { status: "Enabled" } }, ["bucket"]),
  { propertyDependencies: { bucket: [bucket] } },
);

/** Status and message of the findings of a rule. */
function findings(rule: string, ...resources: EngineResource[]): string[] {
  return checkGraph(engineGraph(resources), { today, exceptions: [] })
    .filter((finding) => finding.rule === rule)
    .map(({ status, message }) => `${status}: ${message}`);
}

describe("Policy pack, on the graph of the real engine,", () => {
  it("takes the stack from the URNs, and its outputs from the stack's resource", () => {
    const stack = resource("pulumi:pulumi:Stack", "model-serving-prod", { endpoint: "https://example.com" });
    expect(engineGraph([stack, bucket])).to.deep.include({
      stack: "prod",
      outputs: { endpoint: "https://example.com" },
    });
  });

  it("joins resources whose ids are not known yet by what depends on what", () => {
    expect(findings("bucket-keeps-versions", bucket, versioning)).to.deep.equal([]);
    expect(findings("bucket-keeps-versions", bucket, { ...versioning, propertyDependencies: {} })).to.deep.equal([
      "open: no BucketVersioning with status Enabled",
    ]);
  });

  it("joins a resource within a remote component to what depends on the component", () => {
    const component = resource("awsx:ec2:Vpc", "network", {});
    const vpc = resource("aws:ec2/vpc:Vpc", "vpc", withUnknowns({}, ["id"]), { parent: component });
    const flows = resource("aws:ec2/flowLog:FlowLog", "flows", withUnknowns({ trafficType: "ALL" }, ["vpcId"]), {
      propertyDependencies: { vpcId: [component] },
    });
    expect(findings("network-logs-its-flows", component, vpc, flows)).to.deep.equal([]);
    const other = { ...flows, propertyDependencies: { vpcId: [bucket] } };
    expect(findings("network-logs-its-flows", component, vpc, other)).to.deep.equal([
      "open: no FlowLog of all traffic names the VPC",
    ]);
  });

  it("reports what is not known, and passes nothing by it", () => {
    const key = resource("aws:kms/key:Key", "key", withUnknowns({}, ["enableKeyRotation"]));
    expect(findings("key-rotates", key)).to.deep.equal([
      "unknown: .enableKeyRotation is not known before the deployment",
    ]);
    const role = resource("aws:iam/rolePolicy:RolePolicy", "p", withUnknowns({}, ["policy"]));
    expect(findings("role-policy-names-resources", role)).to.deep.equal([
      "unknown: .policy is not known before the deployment",
    ]);
  });

  it("reports what is not known deep inside a value", () => {
    const settings = {
      settings: withUnknowns({}, ["dataTraceEnabled"]),
      restApi: "a",
      stageName: "s",
      methodPath: "*/*",
    };
    const stage = resource("aws:apigateway/stage:Stage", "stage", { restApi: "a", stageName: "s" });
    const made = resource("aws:apigateway/methodSettings:MethodSettings", "m", settings);
    expect(findings("stage-logs-no-bodies", stage, made)).to.deep.equal([
      "unknown: .settings.dataTraceEnabled is not known before the deployment",
    ]);
  });

  it("does not take a key's value, which AWS made, for one of the program", () => {
    const key = resource("aws:apigateway/apiKey:ApiKey", "key", { id: "k", value: "abcdefghijklmnopqrstuvwxyz" });
    const plan = resource("aws:apigateway/usagePlan:UsagePlan", "plan", { id: "p" });
    const joined = resource("aws:apigateway/usagePlanKey:UsagePlanKey", "j", { keyId: "k", usagePlanId: "p" });
    expect(findings("api-key-opens-a-plan", key, plan, joined)).to.deep.equal([]);
  });
});
