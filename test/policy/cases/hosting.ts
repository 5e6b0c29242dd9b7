// SageMaker: models that it hosts.

import { a, but, type Cases, policy } from "../a-graph";

const digest = "0123456789abcdef".repeat(4);
const prefix = `endpoints/m/${digest}/`;
const registry = "763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver";
const role = a("aws:iam/role:Role", "engine");

const container = (changes: object = {}) => ({
  image: `${registry}@sha256:${digest}`,
  modelDataSource: {
    s3DataSources: [{ s3Uri: `s3://code-bucket/${prefix}`, s3DataType: "S3Prefix", compressionType: "None" }],
  },
  ...changes,
});

const model = a("aws:sagemaker/model:Model", "model", {
  executionRoleArn: role.outputs.arn,
  primaryContainer: container(),
  enableNetworkIsolation: true,
  vpcConfig: { subnets: ["subnet", "second"], securityGroupIds: ["group"] },
});

const data = (s3Uri: string, s3DataType = "S3Prefix") => ({
  modelDataSource: { s3DataSources: [{ s3Uri, s3DataType, compressionType: "None" }] },
});

const withContainer = (changes: object) => but(model, { primaryContainer: container(changes) });

const bucket = a("aws:s3/bucket:Bucket", "code-bucket", { bucket: "code-bucket" });

const network = [
  a("aws:ec2/vpc:Vpc", "vpc"),
  a("aws:ec2/subnet:Subnet", "subnet"),
  a("aws:ec2/subnet:Subnet", "second"),
  a("aws:ec2/securityGroup:SecurityGroup", "group", {}),
  a("aws:ec2/routeTableAssociation:RouteTableAssociation", "t", { subnetId: "subnet", routeTableId: "t" }),
  a("aws:ec2/routeTableAssociation:RouteTableAssociation", "u", { subnetId: "second", routeTableId: "t" }),
];

const route = a("aws:ec2/route:Route", "r", { routeTableId: "t", natGatewayId: "nat" });

const inS3 = (path: string) => `arn:aws:s3:::code-bucket${path}`;
const listing = (name: string) => ({ StringLike: { "s3:prefix": [name] } });
const repository = "arn:aws:ecr:us-east-1:763104351884:repository/sagemaker-tritonserver";

const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

const engine = (...statements: object[]) => [
  role,
  model,
  a("aws:iam/rolePolicy:RolePolicy", "policy", { role: "engine", policy: policy(...(statements as [])) }),
];

const needed = [
  allow("s3:GetObject", inS3(`/${prefix}*`)),
  allow("s3:ListBucket", inS3(""), listing(`${prefix}*`)),
  allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repository),
  allow(["ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"], "*"),
  allow("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/1"),
];

export const hosting: Cases = {
  "model-is-isolated": {
    good: {
      yes: [model],
      "in the program's network": [...network, model],
    },
    bad: {
      no: [but(model, { enableNetworkIsolation: false })],
      "in no VPC": [but(model, { vpcConfig: undefined })],
      "in one subnet": [but(model, { vpcConfig: { subnets: ["subnet"], securityGroupIds: ["group"] } })],
      "without a group": [but(model, { vpcConfig: { subnets: ["subnet", "second"] } })],
      "another's subnet": [
        ...network,
        but(model, { vpcConfig: { subnets: ["subnet", "other"], securityGroupIds: ["group"] } }),
      ],
      "another's group": [
        ...network,
        but(model, { vpcConfig: { subnets: ["subnet", "second"], securityGroupIds: ["other"] } }),
      ],
      "a way out": [...network, route, model],
    },
  },
  "model-is-pinned": {
    good: { both: [model, bucket] },
    bad: {
      "a tag": [withContainer({ image: `${registry}:25.04-py3` }), bucket],
      "no image": [but(model, { primaryContainer: undefined }), bucket],
      "an archive": [withContainer({ modelDataUrl: "s3://code-bucket/model.tar.gz" }), bucket],
      "a prefix that is a name": [withContainer(data("s3://code-bucket/endpoints/m/")), bucket],
      "no whole prefix": [withContainer(data(`s3://code-bucket/endpoints/m/${digest}`)), bucket],
      "one object": [withContainer(data(`s3://code-bucket/${prefix}`, "S3Object")), bucket],
      "another's bucket": [model],
      "more data": [
        withContainer({ additionalModelDataSources: [data("s3://code-bucket/more/").modelDataSource] }),
        bucket,
      ],
      "a second container": [but(model, { containers: [{ image: registry }] }), bucket],
    },
  },
  "model-role-reads-its-model": {
    good: {
      "what it needs": engine(...needed),
      "the model's other versions": engine(allow("s3:GetObject", inS3("/endpoints/m/*"))),
    },
    bad: {
      "the bucket": engine(allow("s3:GetObject", inS3("/*"))),
      "a bucket without folders": [
        ...engine(allow("s3:GetObject", inS3("/*"))).filter((one) => one !== model),
        withContainer(data(`s3://code-bucket/${digest}/`)),
      ],
      "its metadata's writes": engine(allow("ec2:ModifyNetworkInterfaceAttribute", "*")),
      "another model": engine(allow("s3:GetObject", inS3("/endpoints/other/*"))),
      "names of others": engine(allow("s3:ListBucket", inS3(""), listing("endpoints/*"))),
      "all names": engine(allow("s3:ListBucket", inS3(""))),
      "names in another bucket": engine(allow("s3:ListBucket", "arn:aws:s3:::other", listing(`${prefix}*`))),
      writes: engine(allow("s3:PutObject", inS3(`/${prefix}*`))),
      "all repositories": engine(allow("ecr:BatchGetImage", "*")),
      "another's image": engine(allow("ecr:BatchGetImage", repository.replace("763104351884", "123456789012"))),
      "a secret": engine(allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:s")),
      "all but": engine({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      "everything but": engine({ Effect: "Allow", Action: "s3:GetObject", NotResource: inS3("/other/*") }),
      "an attached policy": [
        ...engine(...needed),
        a("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "more", {
          role: "engine",
          policyArn: "arn:aws:iam::aws:policy/p",
        }),
      ],
      "another's role": [model],
    },
  },
};
