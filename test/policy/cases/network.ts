// The network, the training in it, and the stack as a whole.

import { a, but, type Cases } from "../a-graph";

const vpc = a("aws:ec2/vpc:Vpc", "vpc");
const closed = a("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", { vpcId: "vpc" });
const flows = a("aws:ec2/flowLog:FlowLog", "flows", { vpcId: "vpc", trafficType: "ALL" });
const group = a("aws:ec2/securityGroup:SecurityGroup", "group", {
  description: "a function",
  ingress: [{ protocol: "tcp", cidrBlocks: ["10.0.0.0/16"], description: "callers" }],
  egress: [{ protocol: "tcp", cidrBlocks: ["0.0.0.0/0"], description: "issuers" }],
});
const rule = (direction: "Ingress" | "Egress", inputs: object) =>
  a(`aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`, "rule", {
    securityGroupId: "group",
    ...inputs,
  });

const key = "arn:aws:kms:us-east-1:123456789012:key/1";
const job = {
  ResourceConfig: { VolumeKmsKeyId: key },
  OutputDataConfig: { KmsKeyId: key },
  EnableInterContainerTrafficEncryption: true,
  EnableNetworkIsolation: true,
};
const processing = {
  ProcessingResources: { ClusterConfig: { VolumeKmsKeyId: { Get: "Parameters.Key" } } },
  ProcessingOutputConfig: { KmsKeyId: key, Outputs: [{}] },
  NetworkConfig: { EnableInterContainerTrafficEncryption: true, EnableNetworkIsolation: true },
};
const steps = (...list: object[]) =>
  a("aws:sagemaker/pipeline:Pipeline", "pipeline", {
    pipelineDefinition: JSON.stringify({ Version: "2020-12-01", Steps: list }),
  });
const training = (changes: object) => ({ Name: "train", Type: "Training", Arguments: { ...job, ...changes } });
const inS3 = a("aws:sagemaker/pipeline:Pipeline", "pipeline", {
  pipelineDefinitionS3Location: { bucket: "b", objectKey: "k" },
});
const object = (source: object) => a("aws:s3/bucketObjectv2:BucketObjectv2", "o", { bucket: "b", key: "k", source });
const asset = (step: object) => object({ asset: { text: JSON.stringify({ Steps: [step] }) } });

const subnet = a("aws:ec2/subnet:Subnet", "subnet");
const table = a("aws:ec2/routeTableAssociation:RouteTableAssociation", "t", { subnetId: "subnet", routeTableId: "t" });
const route = (routeTableId: string) =>
  a("aws:ec2/route:Route", "r", { routeTableId, natGatewayId: "nat", destinationCidrBlock: "0.0.0.0/0" });
const place = { Subnets: ["subnet"], SecurityGroupIds: ["group"] };
const inNetwork = (VpcConfig: object | undefined) => [
  ...[vpc, subnet, group, table],
  steps(training({ VpcConfig }), { Name: "split", Type: "Processing", Arguments: { NetworkConfig: { VpcConfig } } }),
];

const model = a("aws:sagemaker/model:Model", "model", { enableNetworkIsolation: true, vpcConfig: { subnets: ["s"] } });
const endpoint = a("aws:sagemaker/endpointConfiguration:EndpointConfiguration", "e", {
  productionVariants: [{ initialInstanceCount: 2 }],
});

const tags = (values: object) => a("pulumi:providers:aws", "aws", { defaultTags: JSON.stringify({ tags: values }) });
const module = a("model-serving:infra:HttpApiModule", "httpApi");
const inside = ["aws:apigatewayv2/api:Api", "aws:apigatewayv2/stage:Stage", "aws:lambda/permission:Permission"].map(
  (type) => a(type, "x", {}, { parent: module.urn }),
);

export const network: Cases = {
  "default-security-group-is-closed": {
    good: { empty: [vpc, closed] },
    bad: { "left as it is": [vpc], open: [vpc, but(closed, { ingress: [{ protocol: "-1" }] })] },
  },
  "subnet-lies-in-a-regular-zone": {
    good: {
      "by name": [but(subnet, { availabilityZone: "us-gov-west-1c" })],
      "by id": [but(subnet, { availabilityZoneId: "use1-az1" })],
    },
    bad: {
      "wherever AWS chooses": [subnet],
      "a Local Zone": [but(subnet, { availabilityZone: "us-east-1-bos-1a" })],
      "a Local Zone by id": [but(subnet, { availabilityZoneId: "usw2-lax1-az1" })],
      "a Wavelength Zone": [but(subnet, { availabilityZone: "us-east-1-wl1-bos-wlz-1" })],
      "a zone that Lambda refuses": [but(subnet, { availabilityZoneId: "use1-az3" })],
    },
  },
  "network-logs-its-flows": {
    good: { all: [vpc, flows] },
    bad: { no: [vpc], "only what is accepted": [vpc, but(flows, { trafficType: "ACCEPT" })] },
  },
  "network-admits-nobody": {
    good: {
      "from within": [group],
      "from all private networks": [
        but(group, {
          ingress: [
            {
              protocol: "tcp",
              cidrBlocks: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
              ipv6CidrBlocks: ["fc00::/7"],
            },
          ],
        }),
      ],
    },
    bad: {
      everywhere: [but(group, { ingress: [{ protocol: "tcp", cidrBlocks: ["0.0.0.0/0"] }] })],
      "everywhere over IPv6": [but(group, { ingress: [{ protocol: "tcp", ipv6CidrBlocks: ["::/0"] }] })],
      "from two halves": [but(group, { ingress: [{ protocol: "tcp", cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }] })],
      "from four parts, by a rule each": [
        but(group, {
          ingress: ["0.0.0.0/8", "1.0.0.0/8", "2.0.0.0/8", "3.0.0.0/8"].map((part) => ({
            protocol: "tcp",
            cidrBlocks: [part],
          })),
        }),
      ],
      "from what IPv6 uses": [but(group, { ingress: [{ protocol: "tcp", ipv6CidrBlocks: ["2000::/3"] }] })],
      "from a half, by a rule apart": [rule("Ingress", { cidrIpv4: "128.0.0.0/1", ipProtocol: "tcp" })],
      "by a rule apart": [rule("Ingress", { cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp" })],
      "by an older rule apart": [
        a("aws:ec2/securityGroupRule:SecurityGroupRule", "r", { type: "ingress", cidrBlocks: ["0.0.0.0/0"] }),
      ],
    },
  },
  "network-bounds-what-goes-out": {
    good: {
      "one protocol": [group],
      "by a rule apart": [
        but(group, { egress: undefined }),
        rule("Egress", { cidrIpv4: "10.0.0.0/8", ipProtocol: "tcp" }),
      ],
    },
    bad: {
      "not said": [but(group, { egress: undefined })],
      everything: [but(group, { egress: [{ protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }] })],
      "everything, in two halves": [
        but(group, {
          egress: ["0.0.0.0/1", "128.0.0.0/1"].map((half) => ({ protocol: "-1", cidrBlocks: [half] })),
        }),
      ],
      "by a rule apart": [rule("Egress", { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" })],
    },
  },
  "traffic-rules-say-what-for": {
    good: {
      inline: [group],
      "by a rule apart": [rule("Ingress", { cidrIpv4: "10.0.0.0/8", ipProtocol: "tcp", description: "callers" })],
      "no rules": [but(group, { ingress: [], egress: [] })],
    },
    bad: {
      "the group does not": [but(group, { description: undefined })],
      "the group says the provider's text": [but(group, { description: "Managed by Pulumi" })],
      "a rule in does not": [but(group, { ingress: [{ protocol: "tcp", cidrBlocks: ["10.0.0.0/16"] }] })],
      "a rule out does not": [but(group, { egress: [{ protocol: "tcp", description: "" }] })],
      "a rule apart does not": [rule("Egress", { cidrIpv4: "10.0.0.0/8", ipProtocol: "tcp" })],
    },
  },
  "training-is-sealed": {
    good: {
      training: [steps(training({}))],
      processing: [steps({ Name: "split", Type: "Processing", Arguments: processing })],
      "a definition in S3": [inS3, asset(training({}))],
    },
    bad: {
      "open volumes": [steps(training({ ResourceConfig: {} }))],
      "open output": [steps(training({ OutputDataConfig: {} }))],
      "open traffic": [steps(training({ EnableInterContainerTrafficEncryption: false }))],
      "with a network": [steps(training({ EnableNetworkIsolation: undefined }))],
      "in a condition's branch": [
        steps({ Name: "if", Type: "Condition", Arguments: { IfSteps: [training({ ResourceConfig: {} })] } }),
      ],
      "processing with a network": [
        steps({ Name: "split", Type: "Processing", Arguments: { ...processing, NetworkConfig: {} } }),
      ],
      "a definition in S3": [inS3, asset(training({ EnableNetworkIsolation: false }))],
      "a definition that is not here": [inS3],
    },
  },
  "training-runs-in-the-network": {
    good: { both: inNetwork(place), "beside a subnet that leads out": [...inNetwork(place), route("other")] },
    bad: {
      neither: inNetwork(undefined),
      "no subnets": inNetwork({ ...place, Subnets: [] }),
      "no groups": inNetwork({ ...place, SecurityGroupIds: [] }),
      "another's subnet": inNetwork({ ...place, Subnets: ["subnet", "foreign"] }),
      "another's group": inNetwork({ ...place, SecurityGroupIds: ["foreign"] }),
      "a way out": [...inNetwork(place), route("t")],
      "the VPC's main table": inNetwork(place).filter((one) => one !== table),
      "processing alone": [
        ...[vpc, subnet, group, table],
        steps(training({ VpcConfig: place }), { Name: "split", Type: "Processing", Arguments: processing }),
      ],
    },
  },
  "model-is-isolated": {
    good: { yes: [model] },
    bad: { no: [but(model, { enableNetworkIsolation: false })], "in no VPC": [but(model, { vpcConfig: undefined })] },
  },
  "endpoint-survives-an-instance": {
    good: { two: [endpoint] },
    bad: {
      one: [but(endpoint, { productionVariants: [{ initialInstanceCount: 1 }] })],
      none: [but(endpoint, { productionVariants: [] })],
    },
  },
  "resources-are-tagged": {
    good: {
      AWS: [tags({ project: "p", stack: "s" })],
      Google: [a("pulumi:providers:gcp", "gcp", { defaultLabels: '{"project":"p","stack":"s"}' })],
    },
    bad: {
      "no tags": [but(tags({}), { defaultTags: undefined })],
      "no stack": [tags({ project: "p" })],
      "no labels": [a("pulumi:providers:gcp", "gcp", {})],
    },
  },
  "provider-holds-no-credential": {
    good: {
      AWS: [a("pulumi:providers:aws", "aws", { profile: "p", insecure: "false" })],
      Google: [a("pulumi:providers:gcp", "gcp", { project: "p" })],
      Auth0: [a("pulumi:providers:auth0", "auth0", { domain: "d", clientId: "c" })],
    },
    bad: {
      "a key": [a("pulumi:providers:aws", "aws", { secretKey: "s" })],
      "any certificate": [a("pulumi:providers:aws", "aws", { insecure: "true" })],
      "a token for a role": [
        a("pulumi:providers:aws", "aws", { assumeRoleWithWebIdentity: '{"roleArn":"r","webIdentityToken":"t"}' }),
      ],
      "Google's credentials": [a("pulumi:providers:gcp", "gcp", { credentials: "c" })],
      "Auth0's secret": [a("pulumi:providers:auth0", "auth0", { clientSecret: "s" })],
      "Auth0's log": [a("pulumi:providers:auth0", "auth0", { debug: "true" })],
    },
  },
  "module-delivers-what-its-switch-promises": {
    good: { all: [module, ...inside] },
    bad: {
      nothing: [module],
      "not all": [module, ...inside.slice(1)],
      "what is another module's": [module, ...inside.map((item) => ({ ...item, parent: "" }))],
    },
  },
};
