import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { type Graph, ofType, type Resource } from "../../graph/resource";
import { account } from "../../graph/types/resource-type";
import { addressPlan } from "../../infra/network/address-plan";
import { liesIn } from "../../infra/settings/network-settings";
import { permissionsOf } from "../../infra/base/permissions";
import { only } from "./only";

let whole: Promise<Graph> | undefined;
const prod = (set?: Record<string, unknown>): Promise<Graph> =>
  set === undefined ? (whole ??= evaluate({ stack: "prod" })) : evaluate({ stack: "prod", set });

const lambda = (graph: Graph, name: RegExp) => only(graph, "aws:lambda/function:Function", name);
const placeOf = (resource: Resource) =>
  resource.inputs["vpcConfig"] as { subnetIds: string[]; securityGroupIds: string[] } | undefined;

/** Routes of a subnet beside the VPC's own, by the table that is associated with it. */
function routesOf(graph: Graph, subnetId: string): Resource[] {
  const tables = ofType(graph, "aws:ec2/routeTableAssociation:RouteTableAssociation").filter(
    ({ inputs }) => inputs["subnetId"] === subnetId,
  );
  // Without one it would have the VPC's main table, of which the graph knows nothing.
  expect(tables, subnetId).to.have.lengthOf(1);
  return ofType(graph, "aws:ec2/route:Route").filter(
    ({ inputs }) => inputs["routeTableId"] === tables[0]!.inputs["routeTableId"],
  );
}

/** What of the internet a function could reach, and by what. */
function waysOut(graph: Graph, { subnetIds, securityGroupIds }: NonNullable<ReturnType<typeof placeOf>>): string[] {
  const routes = subnetIds.flatMap((id) =>
    routesOf(graph, id).map(({ inputs }) => `route ${Object.keys(inputs).join()}`),
  );
  const egress = securityGroupIds.flatMap((id) => {
    const group = ofType(graph, "aws:ec2/securityGroup:SecurityGroup").find((found) => found.id === id)!;
    return (group.inputs["egress"] as Record<string, unknown>[])
      .filter((rule) => rule["prefixListIds"] === undefined || rule["cidrBlocks"] !== undefined)
      .map((rule) => `egress ${JSON.stringify(rule)}`);
  });
  const published = subnetIds.filter((id) => {
    const subnet = ofType(graph, "aws:ec2/subnet:Subnet").find((found) => found.id === id)!;
    return subnet.inputs["mapPublicIpOnLaunch"] !== false;
  });
  return [...routes, ...egress, ...published.map((id) => `public address in ${id}`)];
}

describe("Infrastructure: the private network", () => {
  it("leaves the model function no way to the internet: no route, no rule that goes out, no public address", async () => {
    const graph = await prod();
    const place = placeOf(lambda(graph, /^model-function$/))!;
    expect(waysOut(graph, place)).to.deep.equal([]);
    // And the subnets are what they are said to be: two zones of one VPC.
    const subnets = ofType(graph, "aws:ec2/subnet:Subnet").filter(({ id }) => place.subnetIds.includes(id));
    expect(subnets.map(({ inputs }) => inputs["availabilityZone"])).to.deep.equal(["us-east-1a", "us-east-1c"]);
    expect(new Set(subnets.map(({ inputs }) => inputs["vpcId"])).size).to.equal(1);
  });

  it("lies in regular zones that Lambda accepts: no Local Zone that the account uses, and not use1-az3", async () => {
    const zonesIn = async (set: Record<string, unknown>) => {
      const graph = await evaluate({ stack: "dev", set: { network: true, ...set } });
      return ofType(graph, "aws:ec2/subnet:Subnet").map(({ inputs }) => inputs["availabilityZone"]);
    };
    // The simulated account has a Local Zone in each region, and calls use1-az3 us-east-1b.
    expect(await zonesIn({})).to.deep.equal(["us-east-1a", "us-east-1c"]);
    // Elsewhere the first two, as before: the subnets of an existing stack stay where they are.
    expect(await zonesIn({ awsRegion: "eu-west-1" })).to.deep.equal(["eu-west-1a", "eu-west-1b"]);
    const nat = {
      auth0Authorizer: true,
      auth0Domain: "t.auth0.com",
      auth0Audience: "https://a",
      authorizerNetwork: "nat",
    };
    expect(new Set(await zonesIn(nat))).to.deep.equal(new Set(["us-east-1a", "us-east-1c"]));
  });

  it("would be caught with a way out", async () => {
    const graph = await prod({ apiGatewayAuth: "lambda", authorizerNetwork: "nat" });
    expect(waysOut(graph, placeOf(lambda(graph, /^model-function$/))!)).to.deep.equal([]);
    const ways = waysOut(graph, placeOf(lambda(graph, /^apiGateway-authorizer-function$/))!);
    expect(ways.filter((way) => way === "route routeTableId,natGatewayId,destinationCidrBlock")).to.have.lengthOf(2);
    expect(ways.filter((way) => way.startsWith("egress"))).to.deep.equal([
      'egress {"cidrBlocks":["0.0.0.0/0"],"description":"Issuers of tokens, anywhere","fromPort":443,"protocol":"tcp","toPort":443}',
    ]);
  });

  const besides = (name: string, all: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
  const policyOf = (resource: Resource) => JSON.parse(String(resource.inputs["policy"])) as Record<string, unknown>;
  const endpoint = (graph: Graph, service: string) => {
    const all = ofType(graph, "aws:ec2/vpcEndpoint:VpcEndpoint");
    return all.find(({ inputs }) => inputs["serviceName"] === `com.amazonaws.us-east-1.${service}`)!;
  };
  const group = (graph: Graph, name: RegExp) => only(graph, "aws:ec2/securityGroup:SecurityGroup", name);
  const https = { protocol: "tcp", fromPort: 443, toPort: 443 };
  const ofAccount = { StringEquals: { "aws:PrincipalAccount": account } };

  it("leads to S3 by a route within AWS, that carries the jobs' data and reads of the published models", async () => {
    const graph = await prod();
    expect(besides("policy", endpoint(graph, "s3").inputs)).to.deep.equal({
      vpcId: only(graph, "aws:ec2/vpc:Vpc").id,
      vpcEndpointType: "Gateway",
      serviceName: "com.amazonaws.us-east-1.s3",
      routeTableIds: ofType(graph, "aws:ec2/routeTable:RouteTable").map(({ id }) => id),
    });
    const models = String(only(graph, "aws:s3/bucket:Bucket", /publication-models/).outputs["arn"]);
    const training = String(only(graph, "aws:s3/bucket:Bucket", /training-bucket/).outputs["arn"]);
    const read = ["code", "wheels", "data", "split", "trained"];
    const passing = { Effect: "Allow", Principal: "*", Condition: ofAccount };
    expect(policyOf(endpoint(graph, "s3"))).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          ...passing,
          Sid: "JobsRead",
          Action: "s3:GetObject",
          Resource: read.map((prefix) => `${training}/${prefix}/*`),
        },
        {
          ...passing,
          Sid: "JobsFind",
          Action: "s3:ListBucket",
          Resource: training,
          Condition: { ...ofAccount, StringLike: { "s3:prefix": read.map((prefix) => `${prefix}/*`) } },
        },
        {
          ...passing,
          Sid: "JobsWrite",
          Action: "s3:PutObject",
          Resource: ["split", "trained", "evaluation"].map((prefix) => `${training}/${prefix}/*`),
        },
        { ...passing, Sid: "Published", Action: "s3:GetObject", Resource: `${models}/models/*` },
        { ...passing, Sid: "PublishedNames", Action: "s3:ListBucket", Resource: models },
      ],
    });
    const description = "S3 of this region: the published models";
    const out = [{ ...https, prefixListIds: [endpoint(graph, "s3").outputs["prefixListId"]], description }];
    const { ingress, egress } = group(graph, /^network-isolated$/).inputs;
    expect([ingress, egress]).to.deep.equal([[], out]);
    const without = await prod({ sagemaker: false });
    expect(ofType(without, "aws:ec2/vpcEndpoint:VpcEndpoint")).to.deep.equal([]);
    expect(only(without, "aws:ec2/securityGroup:SecurityGroup").inputs["egress"]).to.deep.equal([]);
  });

  it("lets the training jobs out to S3 and to CloudWatch's endpoints, and nothing in but to those", async () => {
    const graph = await prod();
    const vpcId = only(graph, "aws:ec2/vpc:Vpc").id;
    const [first] = placeOf(lambda(graph, /^model-function$/))!.subnetIds;
    const jobs = group(graph, /^network-jobs-group$/);
    const endpoints = group(graph, /^network-jobs-endpoints$/);
    expect([jobs, endpoints].map(({ inputs }) => besides("description", inputs))).to.deep.equal([
      {
        vpcId,
        ingress: [],
        egress: [
          {
            ...https,
            prefixListIds: [endpoint(graph, "s3").outputs["prefixListId"]],
            description: "S3 of this region: the training bucket",
          },
          {
            ...https,
            cidrBlocks: ["10.0.0.0/20", "10.0.16.0/20"],
            description: "Endpoints of CloudWatch: logs and metrics",
          },
        ],
      },
      {
        vpcId,
        ingress: [{ ...https, securityGroups: [jobs.id], description: "Training jobs: logs and metrics" }],
        egress: [],
      },
    ]);
    const places = ["/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs"];
    const statements = {
      logs: {
        Sid: "JobLogs",
        Effect: "Allow",
        Principal: "*",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: places.map((place) => `arn:aws:logs:us-east-1:${account}:log-group:${place}:*`),
        Condition: ofAccount,
      },
      monitoring: {
        Sid: "JobMetrics",
        Effect: "Allow",
        Principal: "*",
        Action: "cloudwatch:PutMetricData",
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": places, "aws:PrincipalAccount": account } },
      },
    };
    for (const [service, statement] of Object.entries(statements)) {
      expect(besides("policy", endpoint(graph, service).inputs)).to.deep.equal({
        vpcId,
        vpcEndpointType: "Interface",
        serviceName: `com.amazonaws.us-east-1.${service}`,
        subnetIds: [first],
        securityGroupIds: [endpoints.id],
        privateDnsEnabled: true,
      });
      expect(policyOf(endpoint(graph, service))).to.deep.equal({ Version: "2012-10-17", Statement: [statement] });
    }
    expect(ofType(graph, "aws:ec2/vpcEndpoint:VpcEndpoint")).to.have.lengthOf(3);
  });

  it("calls the endpoints as the region's partition does", async () => {
    const graph = await evaluate({ stack: "dev", set: { sagemaker: true, network: true, awsRegion: "cn-north-1" } });
    const names = ofType(graph, "aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => inputs["serviceName"]);
    expect(names.sort()).to.deep.equal([
      "cn.com.amazonaws.cn-north-1.monitoring",
      "com.amazonaws.cn-north-1.logs",
      "com.amazonaws.cn-north-1.s3",
    ]);
  });

  /** Permissions of all statements, without the account's condition, as `action resource [key value]`. */
  const permissions = (resources: readonly Resource[]): string[] => {
    const statements = resources.flatMap((resource) => policyOf(resource)["Statement"] as Record<string, never>[]);
    const plain = statements.map((statement) =>
      JSON.parse(
        JSON.stringify(besides("Principal", statement))
          .replace(/,?"aws:PrincipalAccount":"\d+"/, "")
          .replace(/,?"StringEquals":\{\}/, ""),
      ),
    ) as object[];
    return [...permissionsOf({ Statement: plain })].sort();
  };

  it("carries for the jobs exactly what their roles allow of S3, logs and metrics: no more, no less", async () => {
    const graph = await prod({ apiGateway: false, auth0Authorizer: false, httpApi: false });
    const roles = ["split", "train", "evaluate"].map((step) =>
      only(graph, "aws:iam/rolePolicy:RolePolicy", new RegExp(`^sagemaker-training-${step}-policy$`)),
    );
    const carried = permissions(ofType(graph, "aws:ec2/vpcEndpoint:VpcEndpoint"));
    expect(carried).to.deep.equal(permissions(roles).filter((one) => /^(s3|logs|cloudwatch):/.test(one)));
    expect(carried.length).to.be.greaterThan(15);
  });

  it("runs every training job in its subnets without a way out, with or without an API", async () => {
    const alone = { apiGateway: false, auth0Authorizer: false, httpApi: false, secrets: false };
    for (const graph of [await prod(), await prod(alone)]) {
      const object = only(graph, "aws:s3/bucketObjectv2:BucketObjectv2", /^sagemaker-training-definition$/);
      const definition = String(object.inputs["content"]);
      const places = [...definition.matchAll(/"VpcConfig":(\{[^}]*\})/g)].map(([, text]) => text!);
      expect(places).to.have.lengthOf(3);
      expect(new Set(places).size).to.equal(1);
      const { Subnets, SecurityGroupIds } = JSON.parse(places[0]!) as { Subnets: string[]; SecurityGroupIds: string[] };
      expect(SecurityGroupIds).to.deep.equal([group(graph, /^network-jobs-group$/).id]);
      expect(Subnets.flatMap((id) => routesOf(graph, id))).to.deep.equal([]);
      const subnets = ofType(graph, "aws:ec2/subnet:Subnet").filter(({ id }) => Subnets.includes(id));
      expect(subnets.map(({ inputs }) => inputs["mapPublicIpOnLaunch"])).to.deep.equal([false, false]);
    }
    // Where no API is, nothing stands in the network but the jobs, and nothing but theirs passes.
    const graph = await prod(alone);
    expect(ofType(graph, "aws:ec2/securityGroup:SecurityGroup").map(({ name }) => name)).to.deep.equal([
      "network-jobs-endpoints",
      "network-jobs-group",
    ]);
    expect(JSON.stringify(policyOf(endpoint(graph, "s3")))).not.to.contain("publication-models");
  });

  it("closes the default security group and logs every flow for a year, encrypted", async () => {
    const graph = await prod();
    const vpcId = only(graph, "aws:ec2/vpc:Vpc").id;
    expect(only(graph, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs).to.deep.equal({
      vpcId,
      ingress: [],
      egress: [],
    });
    const log = only(graph, "aws:cloudwatch/logGroup:LogGroup", /^network-flows$/);
    const keyArn = only(graph, "aws:kms/key:Key", /^encryption-key$/).outputs["arn"];
    expect(log.inputs).to.deep.equal({ name: "/aws/vpc/model-serving-prod", retentionInDays: 365, kmsKeyId: keyArn });
    const role = only(graph, "aws:iam/role:Role", /^network-flow-role$/);
    expect(only(graph, "aws:ec2/flowLog:FlowLog").inputs).to.deep.equal({
      vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: log.outputs["arn"],
      iamRoleArn: role.outputs["arn"],
      maxAggregationInterval: 600,
    });
    expect(JSON.parse(String(role.inputs["assumeRolePolicy"]))).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "vpc-flow-logs.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": `arn:aws:ec2:us-east-1:${account}:vpc-flow-log/*` },
          },
        },
      ],
    });
    expect(
      JSON.parse(String(only(graph, "aws:iam/rolePolicy:RolePolicy", /^network-flow/).inputs["policy"])),
    ).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "FlowLog",
          Effect: "Allow",
          Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          Resource: `arn:aws:logs:us-east-1:${account}:log-group:/aws/vpc/model-serving-prod:*`,
        },
        {
          Sid: "LogGroups",
          Effect: "Allow",
          Action: "logs:DescribeLogGroups",
          Resource: `arn:aws:logs:us-east-1:${account}:log-group:*`,
        },
      ],
    });
  });

  it("lets Lambda attach the function, and its code attach nothing", async () => {
    const graph = await prod();
    const policy = only(graph, "aws:iam/rolePolicy:RolePolicy", /^model-policy$/).inputs["policy"];
    const { Statement } = JSON.parse(String(policy)) as { Statement: { Sid: string }[] };
    const actions = [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ];
    expect(Statement.filter(({ Sid }) => Sid.startsWith("Network"))).to.deep.equal([
      { Sid: "Network", Effect: "Allow", Action: actions, Resource: "*" },
      {
        Sid: "NetworkNotByItsCode",
        Effect: "Deny",
        Action: [...actions, "ec2:DetachNetworkInterface"],
        Resource: "*",
        Condition: {
          ArnEquals: {
            "lambda:SourceFunctionArn": `arn:aws:lambda:us-east-1:${account}:function:model-serving-prod-model`,
          },
        },
      },
    ]);
  });

  it("keeps those rights with every function that may have been in a network, so that Lambda can clear up behind it", async () => {
    const both = {
      auth0Authorizer: true,
      auth0Domain: "t.auth0.com",
      auth0Audience: "https://a",
      apiGatewayAuth: "lambda",
    };
    const issuer = { oidcIssuer: "https://i.example", oidcAudience: "a" };
    const graphs = [
      await evaluate({ stack: "dev", set: { ...both, ...issuer, sagemaker: true } }),
      await evaluate({ stack: "dev", set: { ...both, ...issuer, sagemaker: true, network: true } }),
      await evaluate({
        stack: "dev",
        set: { ...both, ...issuer, sagemaker: true, network: true, authorizerNetwork: "nat" },
      }),
    ];
    const rights = graphs.map((graph) =>
      ofType(graph, "aws:iam/rolePolicy:RolePolicy")
        .filter(({ inputs }) => String(inputs["policy"]).includes('"Sid":"NetworkNotByItsCode"'))
        .map(({ name, inputs }) => `${name} ${String(inputs["policy"])}`),
    );
    expect(rights[0]!.map((right) => right.split(" ")[0]).sort()).to.deep.equal([
      "apiGateway-authorizer-policy",
      "auth0Authorizer-authorizer-policy",
      "model-policy",
    ]);
    expect(rights[1]).to.deep.equal(rights[0]);
    expect(rights[2]).to.deep.equal(rights[0]);
  });

  it("frees a function's security group before the function is deleted, by the group that allows nothing", async () => {
    const graph = await prod({ authorizerNetwork: "nat" });
    const closed = only(graph, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").id;
    for (const { name, inputs } of ofType(graph, "aws:lambda/function:Function"))
      expect([inputs["replaceSecurityGroupsOnDestroy"], inputs["replacementSecurityGroupIds"]], name).to.deep.equal(
        inputs["vpcConfig"] === undefined ? [undefined, undefined] : [true, [closed]],
      );
  });

  it("leaves the authorizers outside, where they reach their issuer, unless a setting pays for a NAT gateway", async () => {
    const graph = await prod();
    expect(placeOf(lambda(graph, /^auth0Authorizer-authorizer-function$/))).to.equal(undefined);
    expect(ofType(graph, "aws:ec2/natGateway:NatGateway")).to.deep.equal([]);
    const paid = await prod({ authorizerNetwork: "nat" });
    expect(placeOf(lambda(paid, /^auth0Authorizer-authorizer-function$/))!.subnetIds).to.have.lengthOf(2);
    expect(ofType(paid, "aws:ec2/natGateway:NatGateway")).to.have.lengthOf(1);
    const none = {
      authorizerNetwork: "nat",
      auth0Authorizer: false,
      oidcIssuer: "https://i.example",
      oidcAudience: "a",
    };
    for (const set of [{}, { apiGateway: false, apiGatewayAuth: "lambda" }]) {
      const unused = await prod({ ...none, ...set });
      expect(ofType(unused, "aws:ec2/natGateway:NatGateway"), JSON.stringify(set)).to.deep.equal([]);
    }
  });

  const subnetIds = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];
  const existing = { vpcId: "vpc-0123456789abcdef0", subnetIds, networkRange: "10.20.0.0/16" };

  it("is an existing VPC with its subnets, to which the stack adds security groups alone", async () => {
    const graph = await prod({ ...existing, apiGatewayAuth: "lambda", authorizerNetwork: "nat" });
    const ec2 = graph.resources.filter(({ type }) => type.startsWith("aws:ec2/"));
    expect([...new Set(ec2.map(({ type }) => type))]).to.deep.equal(["aws:ec2/securityGroup:SecurityGroup"]);
    expect(graph.resources.filter(({ name }) => /flow/.test(name))).to.deep.equal([]);
    const prefixListIds = [endpoint(await prod(), "s3").outputs["prefixListId"]];
    const groups = Object.fromEntries(ec2.map(({ name, inputs }) => [name, inputs]));
    expect(
      Object.entries(groups).map(([name, { vpcId, ingress, egress }]) => [name, vpcId, ingress, egress]),
    ).to.deep.equal([
      ["network-closed", existing.vpcId, [], []],
      [
        "network-isolated",
        existing.vpcId,
        [],
        [{ ...https, prefixListIds, description: "S3 of this region: the published models" }],
      ],
      [
        "network-issuers",
        existing.vpcId,
        [],
        [{ ...https, cidrBlocks: ["0.0.0.0/0"], description: "Issuers of tokens, anywhere" }],
      ],
      [
        "network-jobs-group",
        existing.vpcId,
        [],
        [
          { ...https, prefixListIds, description: "S3 of this region: the training bucket" },
          { ...https, cidrBlocks: ["10.20.0.0/16"], description: "Endpoints of CloudWatch: logs and metrics" },
        ],
      ],
    ]);
    const idOf = (name: string) => ec2.find((one) => one.name === name)!.id;
    for (const [name, own] of [
      [/^model-function$/, "network-isolated"],
      [/^apiGateway-authorizer-function$/, "network-issuers"],
    ] as const) {
      expect(placeOf(lambda(graph, name))).to.deep.equal({ subnetIds, securityGroupIds: [idOf(own)] });
      expect(lambda(graph, name).inputs["replacementSecurityGroupIds"]).to.deep.equal([idOf("network-closed")]);
    }
    const object = only(graph, "aws:s3/bucketObjectv2:BucketObjectv2", /^sagemaker-training-definition$/);
    const places = [...String(object.inputs["content"]).matchAll(/"VpcConfig":(\{[^}]*\})/g)];
    expect(new Set(places.map(([, text]) => text))).to.deep.equal(
      new Set([JSON.stringify({ SecurityGroupIds: [idOf("network-jobs-group")], Subnets: subnetIds })]),
    );
    expect(places).to.have.lengthOf(3);
  });

  it("has another range, shared among its subnets as the usual one is", async () => {
    expect(addressPlan("10.0.0.0/16")).to.deep.equal({
      isolated: ["10.0.0.0/20", "10.0.16.0/20"],
      nat: ["10.0.32.0/24", "10.0.33.0/24"],
      issuers: ["10.0.48.0/20", "10.0.64.0/20"],
    });
    expect(addressPlan("192.168.254.0/23")).to.deep.equal({
      isolated: ["192.168.254.0/27", "192.168.254.32/27"],
      nat: ["192.168.254.64/28", "192.168.254.80/28"],
      issuers: ["192.168.254.96/27", "192.168.254.128/27"],
    });
    const graph = await prod({ networkRange: "100.64.0.0/20", apiGatewayAuth: "lambda", authorizerNetwork: "nat" });
    expect(only(graph, "aws:ec2/vpc:Vpc").inputs["cidrBlock"]).to.equal("100.64.0.0/20");
    const plan = addressPlan("100.64.0.0/20");
    expect(ofType(graph, "aws:ec2/subnet:Subnet").map(({ inputs }) => inputs["cidrBlock"])).to.have.members(
      Object.values(plan).flat(),
    );
    const [toS3, toEndpoints] = group(graph, /^network-jobs-group$/).inputs["egress"] as { cidrBlocks?: string[] }[];
    expect([toS3!.cidrBlocks, toEndpoints!.cidrBlocks]).to.deep.equal([undefined, plan.isolated]);
  });

  const refused: [set: Record<string, unknown>, line: RegExp][] = [
    [
      { networkRange: "10.0.0.0/24" },
      /networkRange: is not a private network of \/16 to \/23 .*: pulumi config set networkRange 10\.0\.0\.0\/16/,
    ],
    [{ networkRange: "10.0.1.0/16" }, /networkRange: is not a private network/],
    [{ networkRange: "8.8.0.0/16" }, /networkRange: is not a private network/],
    [{ networkRange: "172.17.0.0/16" }, /networkRange: .*free of 172\.17\.0\.0\/16/],
    [{ networkRange: "10.300.0.0/16" }, /networkRange: is not a private network/],
    [{ subnetIds }, /subnetIds: have no effect without vpcId/],
    [
      { ...existing, network: false, authorizerNetwork: "outside" },
      /vpcId: has no effect without the network: pulumi config set network true/,
    ],
    [{ ...existing, subnetIds: [subnetIds[0], subnetIds[0]] }, /subnetIds: are fewer than two/],
    [{ ...existing, networkRange: "0.0.0.0/0" }, /networkRange: is not a private network/],
    [{ vpcId: "10.0.0.0" }, /vpcId: is not a VPC's id/],
  ];
  for (const [set, line] of refused)
    it(`refuses ${JSON.stringify(set)}`, async () => {
      const fault = await prod(set).then(
        () => "",
        (error: Error) => error.message,
      );
      expect(fault).to.match(line);
    });

  it("finds a network within another", () => {
    expect(liesIn("10.20.3.0/24", "10.20.0.0/16")).to.equal(true);
    for (const [inner, outer] of [
      ["10.21.0.0/24", "10.20.0.0/16"],
      ["10.0.0.0/8", "10.20.0.0/16"],
      ["10.20.0.0/15", "10.20.0.0/16"],
      ["", "10.20.0.0/16"],
    ])
      expect(liesIn(inner!, outer!), inner).to.equal(false);
  });

  it("is not there where nobody asked for it, and asks for itself where a setting needs it", async () => {
    expect((await evaluate({ stack: "dev" })).resources.filter(({ type }) => /ec2/.test(type))).to.deep.equal([]);
    const fault = await evaluate({ stack: "dev", set: { authorizerNetwork: "nat" } }).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(fault).to.match(/authorizerNetwork: needs the private network: pulumi config set network true/);
  });
});
