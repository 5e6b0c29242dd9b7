// SageMaker: training, and what its models are published on.

import { a, type Cases } from "../a-graph";

const vpc = a("aws:ec2/vpc:Vpc", "vpc");

const group = a("aws:ec2/securityGroup:SecurityGroup", "group", {
  description: "a function",
  ingress: [{ protocol: "tcp", cidrBlocks: ["10.0.0.0/16"], description: "callers" }],
  egress: [{ protocol: "tcp", cidrBlocks: ["0.0.0.0/0"], description: "issuers" }],
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

const trainingStep = (changes: object) => ({ Name: "train", Type: "Training", Arguments: { ...job, ...changes } });

const inS3 = a("aws:sagemaker/pipeline:Pipeline", "pipeline", {
  pipelineDefinitionS3Location: { bucket: "b", objectKey: "k" },
});

const object = (step: object) =>
  a("aws:s3/bucketObjectv2:BucketObjectv2", "o", {
    bucket: "b",
    key: "k",
    content: JSON.stringify({ Steps: [step] }),
  });

const subnet = a("aws:ec2/subnet:Subnet", "subnet");

const table = a("aws:ec2/routeTableAssociation:RouteTableAssociation", "t", { subnetId: "subnet", routeTableId: "t" });

const route = (routeTableId: string) =>
  a("aws:ec2/route:Route", "r", { routeTableId, natGatewayId: "nat", destinationCidrBlock: "0.0.0.0/0" });

const place = { Subnets: ["subnet"], SecurityGroupIds: ["group"] };

const inNetwork = (VpcConfig: object | undefined) => [
  ...[vpc, subnet, group, table],
  steps(trainingStep({ VpcConfig }), {
    Name: "split",
    Type: "Processing",
    Arguments: { NetworkConfig: { VpcConfig } },
  }),
];

const approvals = (detail: object) =>
  a("aws:cloudwatch/eventRule:EventRule", "approved", {
    eventPattern: JSON.stringify({
      source: ["aws.sagemaker"],
      "detail-type": ["SageMaker Model Package State Change"],
      detail: { ModelPackageGroupName: ["models"], ModelApprovalStatus: ["Approved"], ...detail },
    }),
  });

export const training: Cases = {
  "training-is-sealed": {
    good: {
      training: [steps(trainingStep({}))],
      processing: [steps({ Name: "split", Type: "Processing", Arguments: processing })],
      "a definition in S3": [inS3, object(trainingStep({}))],
    },
    bad: {
      "open volumes": [steps(trainingStep({ ResourceConfig: {} }))],
      "open output": [steps(trainingStep({ OutputDataConfig: {} }))],
      "open traffic": [steps(trainingStep({ EnableInterContainerTrafficEncryption: false }))],
      "with a network": [steps(trainingStep({ EnableNetworkIsolation: undefined }))],
      "in a condition's branch": [
        steps({ Name: "if", Type: "Condition", Arguments: { IfSteps: [trainingStep({ ResourceConfig: {} })] } }),
      ],
      "processing with a network": [
        steps({ Name: "split", Type: "Processing", Arguments: { ...processing, NetworkConfig: {} } }),
      ],
      "a definition in S3": [inS3, object(trainingStep({ EnableNetworkIsolation: false }))],
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
        steps(trainingStep({ VpcConfig: place }), { Name: "split", Type: "Processing", Arguments: processing }),
      ],
    },
  },
  "approval-starts-publication": {
    good: { "approved ones of a group": [approvals({})] },
    bad: {
      "any state": [approvals({ ModelApprovalStatus: undefined })],
      "rejected ones, too": [approvals({ ModelApprovalStatus: ["Approved", "Rejected"] })],
      "of any group": [approvals({ ModelPackageGroupName: [] })],
    },
  },
};
