import { expect } from "chai";
import { evaluate } from "../../../graph/evaluate";
import { type Graph, ofType, type Resource } from "../../../graph/resource";
import { account } from "../../../graph/types/resource-type";
import { only } from "../only";

const endpoints = [{ model: "mymodel", instanceType: "ml.m5.large" }];
const deployed = (set: Record<string, unknown> = {}): Promise<Graph> =>
  evaluate({ stack: "dev", set: { network: true, endpoints, ...set } });

const group = (graph: Graph, name: RegExp): Resource => only(graph, "aws:ec2/securityGroup:SecurityGroup", name);
const to = (graph: Graph, service: string): Resource =>
  ofType(graph, "aws:ec2/vpcEndpoint:VpcEndpoint").find(
    ({ inputs }) => inputs.serviceName === `com.amazonaws.us-east-1.${service}`,
  )!;
const statementsOf = (graph: Graph, service: string): Record<string, unknown>[] =>
  (JSON.parse(String(to(graph, service).inputs.policy)) as { Statement: Record<string, unknown>[] }).Statement;
const https = { protocol: "tcp", fromPort: 443, toPort: 443 };
const isolated = ["10.0.0.0/20", "10.0.16.0/20"];
const ofAccount = { StringEquals: { "aws:PrincipalAccount": account } };
const passing = { Effect: "Allow", Principal: "*", Condition: ofAccount };
const name = "model-serving-dev-mymodel";

describe("Infrastructure: endpoints in the private network", () => {
  let graph: Graph;
  before(async () => void (graph = await deployed()));

  it("run in its subnets, out to S3 and CloudWatch's endpoints alone, and nothing enters", () => {
    const engines = group(graph, /^network-jobs-engines$/);
    const subnets = ofType(graph, "aws:ec2/subnet:Subnet").map(({ id }) => id);
    expect(only(graph, "aws:sagemaker/model:Model").inputs.vpcConfig).to.deep.equal({
      subnets,
      securityGroupIds: [engines.id],
    });
    expect([engines.inputs.ingress, engines.inputs.egress]).to.deep.equal([
      [],
      [
        {
          ...https,
          prefixListIds: [to(graph, "s3").outputs.prefixListId],
          description: "S3 of this region: their models",
        },
        { ...https, cidrBlocks: isolated, description: "Endpoints of CloudWatch: logs and metrics" },
      ],
    ]);
    expect(group(graph, /^network-jobs-endpoints$/).inputs.ingress).to.deep.equal([
      { ...https, securityGroups: [engines.id], description: "Engines: logs and metrics" },
    ]);
  });

  it("are reached by the function through an endpoint in each zone that passes their calls alone", () => {
    const runtime = to(graph, "sagemaker.runtime");
    const callers = group(graph, /^network-isolated$/);
    expect(callers.inputs.egress).to.deep.equal([
      { ...https, cidrBlocks: isolated, description: "Endpoint of SageMaker's runtime: calls of endpoints" },
    ]);
    expect(runtime.inputs).to.deep.include({
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds: ofType(graph, "aws:ec2/subnet:Subnet").map(({ id }) => id),
      securityGroupIds: [group(graph, /^network-runtime-group$/).id],
    });
    const { ingress, egress } = group(graph, /^network-runtime-group$/).inputs;
    expect([ingress, egress]).to.deep.equal([
      [{ ...https, securityGroups: [callers.id], description: "The model function: calls of endpoints" }],
      [],
    ]);
    expect(statementsOf(graph, "sagemaker.runtime")).to.deep.equal([
      {
        ...passing,
        Sid: "Endpoints",
        Action: "sagemaker:InvokeEndpoint",
        Resource: [`arn:aws:sagemaker:us-east-1:${account}:endpoint/${name}`],
      },
    ]);
  });

  it("read their models, and write their logs and metrics, and nothing else passes", () => {
    const bucket = `arn:aws:s3:::${only(graph, "aws:s3/bucket:Bucket", /code-bucket/).id}`;
    expect(statementsOf(graph, "s3")).to.deep.equal([
      { ...passing, Sid: "Repository", Action: "s3:GetObject", Resource: [`${bucket}/endpoints/mymodel/*`] },
      {
        ...passing,
        Sid: "RepositoryNames",
        Action: "s3:ListBucket",
        Resource: bucket,
        Condition: { ...ofAccount, StringLike: { "s3:prefix": ["endpoints/mymodel/*"] } },
      },
    ]);
    expect(statementsOf(graph, "logs")).to.deep.equal([
      {
        ...passing,
        Sid: "EngineLogs",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: [`arn:aws:logs:us-east-1:${account}:log-group:/aws/sagemaker/Endpoints/${name}:*`],
      },
    ]);
    expect(statementsOf(graph, "monitoring")).to.deep.equal([
      {
        ...passing,
        Sid: "EngineMetrics",
        Action: "cloudwatch:PutMetricData",
        Resource: "*",
        Condition: {
          StringEquals: { "cloudwatch:namespace": "/aws/sagemaker/Endpoints", "aws:PrincipalAccount": account },
        },
      },
    ]);
    expect(ofType(graph, "aws:ec2/vpcEndpoint:VpcEndpoint")).to.have.lengthOf(4);
  });

  it("share CloudWatch's endpoints with the training jobs, for a network can have one of each", async () => {
    const both = await deployed({
      sagemaker: true,
      modelsFolder: "test/fixtures/models",
      defaultModel: "add",
      endpoints: [{ ...endpoints[0], model: "zipmap" }],
    });
    expect(statementsOf(both, "logs").map(({ Sid }) => Sid)).to.deep.equal(["JobLogs", "EngineLogs"]);
    expect(statementsOf(both, "monitoring").map(({ Sid }) => Sid)).to.deep.equal(["JobMetrics", "EngineMetrics"]);
    expect(statementsOf(both, "s3").map(({ Sid }) => Sid)).to.deep.equal([
      ...["JobsRead", "JobsFind", "JobsWrite", "Published", "PublishedNames"],
      ...["Repository", "RepositoryNames"],
    ]);
    const [jobs, engines] = [/^network-jobs-group$/, /^network-jobs-engines$/].map((one) => group(both, one).id);
    const ingress = group(both, /^network-jobs-endpoints$/).inputs.ingress as { securityGroups: string[] }[];
    expect(ingress.flatMap(({ securityGroups }) => securityGroups)).to.deep.equal([jobs, engines]);
    expect(ofType(both, "aws:ec2/vpcEndpoint:VpcEndpoint")).to.have.lengthOf(4);
  });

  it("run in an existing network, whose endpoints are its owner's", async () => {
    const own = { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"] };
    const existing = await deployed(own);
    expect(ofType(existing, "aws:ec2/vpcEndpoint:VpcEndpoint")).to.deep.equal([]);
    const engines = group(existing, /^network-jobs-engines$/);
    expect(only(existing, "aws:sagemaker/model:Model").inputs.vpcConfig).to.deep.equal({
      subnets: own.subnetIds,
      securityGroupIds: [engines.id],
    });
    expect(group(existing, /^network-isolated$/).inputs.egress).to.deep.equal([
      { ...https, cidrBlocks: ["10.0.0.0/16"], description: "Endpoint of SageMaker's runtime: calls of endpoints" },
    ]);
  });

  it("are there before the function that calls them, and after the way to their models", () => {
    const reaches = (from: string, target: string): boolean => {
      const seen = new Set<string>();
      const walk = (urn: string): boolean => {
        if (urn === target) return true;
        if (seen.has(urn)) return false;
        seen.add(urn);
        return graph.resources.find((each) => each.urn === urn)?.dependencies.some(walk) ?? false;
      };
      return walk(from);
    };
    const functionUrn = only(graph, "aws:lambda/function:Function", /^model-function/).urn;
    expect(reaches(functionUrn, to(graph, "sagemaker.runtime").urn)).to.equal(true);
    expect(reaches(only(graph, "aws:sagemaker/model:Model").urn, to(graph, "s3").urn)).to.equal(true);
  });
});
