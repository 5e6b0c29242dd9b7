// The stack as a whole: which types of resources it may have, its tags, its providers, its modules.

import { a, but, type Cases, policy } from "../a-graph";

const foreign = "arn:aws:iam::999999999999:role/reader";

const foreignBucket = "arn:aws:s3:::somebody-elses";

const tags = (values: object) => a("pulumi:providers:aws", "aws", { defaultTags: JSON.stringify({ tags: values }) });

const module = a("model-serving:infra:HttpApiModule", "httpApi");

const inside = ["aws:apigatewayv2/api:Api", "aws:apigatewayv2/stage:Stage", "aws:lambda/permission:Permission"].map(
  (type) => a(type, "x", {}, { parent: module.urn }),
);

const role = a("aws:iam/role:Role", "ours");

const document = (uri: string) => a("aws:apigateway/restApi:RestApi", "api", { body: JSON.stringify({ uri }) });

const image = (TrainingImage: string) =>
  a("aws:sagemaker/pipeline:Pipeline", "training", { pipelineDefinition: JSON.stringify({ TrainingImage }) });

export const stack: Cases = {
  "resource-type-is-reviewed": {
    good: {
      "of AWS": [a("aws:s3/bucket:Bucket", "data")],
      "of other providers": [a("gcp:kms/keyRing:KeyRing", "ring"), a("auth0:index/client:Client", "machine")],
    },
    bad: {
      "a grant on a key": [a("aws:kms/grant:Grant", "grant", { granteePrincipal: foreign, operations: ["Decrypt"] })],
      "an access point": [
        a("aws:s3/accessPoint:AccessPoint", "door", {
          policy: policy({ Effect: "Allow", Principal: { AWS: foreign }, Action: "s3:GetObject", Resource: "*" }),
        }),
      ],
      "a replication": [
        a("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "copies", {
          rules: [{ status: "Enabled", destination: { bucket: foreignBucket, account: "999999999999" } }],
        }),
      ],
      "a subscription to logs": [
        a("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "copies", {
          destinationArn: "arn:aws:logs:us-east-1:999999999999:destination:theirs",
        }),
      ],
      "a policy of an event bus": [
        a("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "bus", {
          policy: policy({ Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource: "*" }),
        }),
      ],
      "identities for anybody": [
        a("aws:cognito/identityPool:IdentityPool", "guests", { allowUnauthenticatedIdentities: true }),
      ],
      "a type of Google Cloud": [a("gcp:projects/iAMMember:IAMMember", "member", { member: "allUsers" })],
      "another provider": [a("command:local:Command", "shell", { create: "env" })],
      "a dynamic provider": [a("pulumi-nodejs:dynamic:Resource", "code")],
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
  "arn-names-this-account": {
    good: {
      ours: [role, a("aws:lambda/function:Function", "f", { role: "arn:aws:iam::123456789012:role/f" })],
      "an image of SageMaker": [role, image("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1")],
      "in a document": [role, document("arn:aws:lambda:us-east-1:123456789012:function:f")],
    },
    bad: {
      "a role": [role, a("aws:lambda/function:Function", "f", { role: foreign })],
      "a function of the same name, in a document": [
        role,
        document("arn:aws:lambda:us-east-1:999999999999:function:f"),
      ],
      "a document in a document": [role, document(JSON.stringify({ arn: foreign }))],
      "an image of somebody": [role, image("999999999999.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1")],
      "a condition": [
        role,
        a("aws:sns/topicPolicy:TopicPolicy", "p", {
          policy: policy({ Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } } }),
        }),
      ],
    },
  },
  "data-is-kept": {
    good: { protected: [a("aws:s3/bucket:Bucket", "data", {}, { protect: true })] },
    bad: {
      no: [a("aws:s3/bucket:Bucket", "data")],
      "emptied by force": [a("aws:s3/bucket:Bucket", "data", { forceDestroy: true }, { protect: true })],
      "a key ring": [a("gcp:kms/keyRing:KeyRing", "ring")],
    },
  },
};
