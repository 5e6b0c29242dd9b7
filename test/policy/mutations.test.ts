// Attacks on the real program's graph: each takes away one protection, and the pack must say which.

import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import type { Graph, Resource } from "../../graph/resource";
import { checkGraph, isViolation } from "../../policy/check";

type Inputs = Record<string, unknown>;
const today = new Date("2026-11-20");

/** The graph with the inputs of every resource of a type changed (and its outputs with them). */
function change(type: string, how: (inputs: Inputs) => Inputs | undefined, name = /./): (graph: Graph) => Graph {
  return (graph) => {
    let found = 0;
    const resources = graph.resources.flatMap((resource) => {
      if (resource.type !== type || !name.test(resource.name)) return [resource];
      found++;
      const inputs = how(structuredClone(resource.inputs) as Inputs);
      return inputs === undefined ? [] : [{ ...resource, inputs, outputs: { ...resource.outputs, ...inputs } }];
    });
    expect(found, `no ${type} to change`).to.be.greaterThan(0);
    return { ...graph, resources };
  };
}

const without = (type: string, name?: RegExp) => change(type, () => undefined, name);
const put = (type: string, inputs: Inputs, name?: RegExp) => change(type, (own) => ({ ...own, ...inputs }), name);

interface Document {
  paths: Record<string, Record<string, { security?: object[] }>>;
  components: { securitySchemes: Record<string, Inputs> };
  servers?: object[];
}

/** Changes the document of an API. */
function edit(type: string, name: RegExp, how: (document: Document) => void) {
  const changeBody = (inputs: Inputs) => {
    const document = JSON.parse(inputs.body as string) as Document;
    how(document);
    return { ...inputs, body: JSON.stringify(document) };
  };
  return change(type, changeBody, name);
}

/** Changes a policy document. */
function statements(type: string, field: string, how: (list: Inputs[]) => Inputs[], name?: RegExp) {
  const changePolicy = (inputs: Inputs) => {
    const document = JSON.parse(inputs[field] as string) as { Statement: Inputs[] };
    return { ...inputs, [field]: JSON.stringify({ ...document, Statement: how(document.Statement) }) };
  };
  return change(type, changePolicy, name);
}

function add(resource: Partial<Resource> & { type: string; inputs: Inputs }) {
  return (graph: Graph): Graph => {
    const urn = `urn:pulumi:prod::model-serving::${resource.type}::added`;
    const whole: Resource = {
      name: "added",
      urn,
      id: "added",
      parent: "",
      outputs: resource.inputs,
      dependencies: [],
      propertyDependencies: {},
      protect: false,
      deleteBeforeReplace: false,
      secrets: [],
      ...resource,
    };
    return { ...graph, resources: [...graph.resources, whole] };
  };
}

const rest = "aws:apigateway/restApi:RestApi";
const http = "aws:apigatewayv2/api:Api";
const lambda = "aws:lambda/function:Function";

/** The rule that must speak, what is done, and whether to a program whose keys are its own (module `secrets` off). */
type Attack = readonly [rule: string, attack: (graph: Graph) => Graph, keys?: "own keys"];

/** What is done to prod's graph → the rule that must say so. */
const attacks: Readonly<Record<string, Attack>> = {
  "opens a route": [
    "route-requires-authorization",
    edit(rest, /apiGateway/, ({ paths }) => (paths["/mymodel"]!.post = { security: [] })),
  ],
  "leaves a route's protection out": [
    "route-requires-authorization",
    edit(http, /./, ({ paths }) => delete paths["/models"]!.post!.security),
  ],
  "adds a way around": [
    "route-requires-authorization",
    edit(rest, /auth0/, ({ paths }) => paths["/predict"]!.post!.security!.push({})),
  ],
  "adds an open Method": [
    "route-requires-authorization",
    add({ type: "aws:apigateway/method:Method", inputs: { httpMethod: "GET", authorization: "NONE" } }),
  ],
  "makes a scheme one that API Gateway ignores": [
    "route-requires-authorization",
    edit(rest, /auth0/, ({ components }) => {
      for (const scheme of Object.values(components.securitySchemes)) delete scheme["x-amazon-apigateway-authorizer"];
    }),
  ],
  "leaves the key alone": [
    "api-key-is-never-alone",
    edit(rest, /apiGateway/, ({ paths }) => (paths["/mymodel"]!.post = { security: [{ api_key: [] }] })),
  ],
  "drops a scope": [
    "token-routes-require-a-scope",
    edit(http, /./, ({ paths }) => (paths["/models"]!.post!.security = [{ jwt: [] }])),
  ],
  "keeps answers for an hour": [
    "authorizer-cache-is-bounded",
    edit(rest, /auth0/, ({ components }) => {
      (components.securitySchemes.lambda!["x-amazon-apigateway-authorizer"] as Inputs).authorizerResultTtlInSeconds =
        3600;
    }),
  ],
  "asks a stranger's function": [
    "authorizer-refuses-what-is-no-token",
    edit(rest, /auth0/, ({ components }) => {
      (components.securitySchemes.lambda!["x-amazon-apigateway-authorizer"] as Inputs).authorizerUri =
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:999999999999:function:evil/invocations";
    }),
  ],
  "takes any audience": [
    "jwt-authorizer-names-issuer-and-audience",
    edit(http, /./, ({ components }) => {
      const authorizer = components.securitySchemes.jwt!["x-amazon-apigateway-authorizer"] as Inputs;
      authorizer.jwtConfiguration = { ...(authorizer.jwtConfiguration as object), audience: [] };
    }),
  ],
  "speaks TLS 1.0": ["clients-speak-tls-1-2", put(rest, { securityPolicy: "TLS_1_0" }, /apiGateway/)],
  "opens the default endpoint beside the domain": [
    "own-domain-closes-the-default-endpoint",
    put(http, { disableExecuteApiEndpoint: false }),
  ],
  "opens it in the document": [
    "own-domain-closes-the-default-endpoint",
    edit(http, /./, (document) => delete document.servers),
  ],
  "takes any truststore": [
    "truststore-is-pinned",
    put("aws:apigatewayv2/domainName:DomainName", { mutualTlsAuthentication: { truststoreUri: "s3://x/y" } }),
  ],
  "logs the key": [
    "stage-logs-access-without-credentials",
    put("aws:apigateway/stage:Stage", {
      accessLogSettings: {
        destinationArn: "x",
        format: "$context.requestId $context.identity.sourceIp $context.status $context.identity.apiKey",
      },
    }),
  ],
  "logs whole requests": [
    "stage-logs-no-bodies",
    change("aws:apigateway/methodSettings:MethodSettings", (own) => ({
      ...own,
      settings: { ...(own.settings as object), dataTraceEnabled: true },
    })),
  ],
  "takes the throttle away": ["stage-throttles", without("aws:apigateway/methodSettings:MethodSettings", /apiGateway/)],
  "takes the quota away": [
    "usage-plan-has-numbers",
    put("aws:apigateway/usagePlan:UsagePlan", { quotaSettings: undefined }),
  ],
  "takes the key out of its plan": [
    "api-key-opens-a-plan",
    without("aws:apigateway/usagePlanKey:UsagePlanKey"),
    "own keys",
  ],
  "never deploys again": [
    "deployment-follows-the-document",
    put("aws:apigateway/deployment:Deployment", { triggers: {} }, /apiGateway/),
  ],
  "lets every request past the firewall": [
    "firewall-blocks-known-attacks",
    change("aws:wafv2/webAcl:WebAcl", (own) => ({
      ...own,
      rules: [{ name: "way", action: { allow: {} }, statement: {} }, ...(own.rules as Inputs[])],
    })),
  ],
  "lets every API invoke": [
    "function-is-invoked-by-named-callers",
    put("aws:lambda/permission:Permission", { sourceArn: undefined }),
  ],
  "lets APIs invoke that begin alike": [
    "function-is-invoked-by-named-callers",
    put("aws:lambda/permission:Permission", { sourceArn: "arn:aws:execute-api:us-east-1:123456789012:a*" }),
  ],
  "lets the whole account invoke": [
    "function-is-invoked-by-named-callers",
    put("aws:lambda/permission:Permission", { principal: "123456789012", sourceArn: undefined }),
  ],
  "lets everybody invoke": [
    "function-is-invoked-by-named-callers",
    put("aws:lambda/permission:Permission", { principal: "*" }),
  ],
  "puts a key into the environment": [
    "function-environment-holds-no-secret",
    put(lambda, { environment: { variables: { API_KEY: "abcdefgh" } } }, /^model/),
  ],
  "runs on an ended runtime": ["function-runtime-is-supported", put(lambda, { runtime: "nodejs20.x" })],
  "takes the reservation away": [
    "function-has-its-own-concurrency",
    put(lambda, { reservedConcurrentExecutions: undefined }, /^model/),
  ],
  "stops tracing": ["function-is-traced", put(lambda, { tracingConfig: { mode: "PassThrough" } })],
  "takes a log group away": ["function-has-its-own-log", without("aws:cloudwatch/logGroup:LogGroup", /^model/)],
  "keeps logs a week": ["logs-are-kept-a-year", put("aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 7 })],
  "takes the logs' key away": [
    "logs-are-encrypted-by-our-key",
    put("aws:cloudwatch/logGroup:LogGroup", { kmsKeyId: undefined }),
  ],
  "widens a role": [
    "role-policy-names-resources",
    statements("aws:iam/rolePolicy:RolePolicy", "policy", (list) => [
      ...list,
      { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
    ]),
  ],
  "widens a role's actions": [
    "role-policy-names-actions",
    statements("aws:iam/rolePolicy:RolePolicy", "policy", (list) => list.map((one) => ({ ...one, Action: "logs:*" }))),
  ],
  "decrypts with every key": [
    "decryption-names-its-keys",
    statements("aws:iam/rolePolicy:RolePolicy", "policy", (list) =>
      list.map((one) => (one.Action === "kms:Decrypt" ? { ...one, Resource: "*" } : one)),
    ),
  ],
  "trusts another account": [
    "role-trusts-one-principal",
    statements("aws:iam/role:Role", "assumeRolePolicy", (list) => [
      ...list,
      { Effect: "Allow", Principal: { AWS: "arn:aws:iam::999999999999:root" }, Action: "sts:AssumeRole" },
    ]),
  ],
  "attaches a full-access policy": [
    "role-takes-no-broad-policy",
    put("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
      policyArn: "arn:aws:iam::aws:policy/AmazonAPIGatewayFullAccess",
    }),
  ],
  "attaches a policy that reads everything": [
    "role-takes-no-broad-policy",
    put("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
  ],
  "lets a role write its own policy": [
    "role-policy-gives-no-rights",
    statements("aws:iam/rolePolicy:RolePolicy", "policy", (list) => [
      ...list,
      { Effect: "Allow", Action: "iam:PutRolePolicy", Resource: "arn:aws:iam::123456789012:role/admin" },
    ]),
  ],
  "lets a role write to all logs of AWS's services": [
    "role-policy-names-resources",
    statements("aws:iam/rolePolicy:RolePolicy", "policy", (list) => [
      ...list,
      {
        Effect: "Allow",
        Action: "logs:PutLogEvents",
        Resource: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/*",
      },
    ]),
  ],
  "takes the tag away that a key's rotation demands": [
    "role-policy-names-resources",
    statements(
      "aws:iam/rolePolicy:RolePolicy",
      "policy",
      (list) => list.map((one) => (one.Sid === "OwnKeys" ? { ...one, Condition: undefined } : one)),
      /secret-policy/,
    ),
  ],
  "trusts the whole account": [
    "role-trusts-one-principal",
    statements("aws:iam/role:Role", "assumeRolePolicy", (list) =>
      list.map((one) => ({ ...one, Principal: { AWS: "arn:aws:iam::123456789012:root" } })),
    ),
  ],
  "stops the key's rotation": ["key-rotates", put("aws:kms/key:Key", { enableKeyRotation: false })],
  "gives the key to everybody": [
    "resource-policy-names-who",
    statements("aws:kms/key:Key", "policy", (list) => [
      ...list,
      { Effect: "Allow", Principal: "*", Action: "kms:Decrypt", Resource: "*" },
    ]),
  ],
  "asks a bucket's policy for the calling function": [
    "resource-policy-uses-its-services-keys",
    statements("aws:s3/bucketPolicy:BucketPolicy", "policy", (list) =>
      list.map((one) => ({
        ...one,
        Condition: { ArnNotEquals: { "lambda:SourceFunctionArn": "arn:aws:lambda:::x" } },
      })),
    ),
  ],
  "gives the code to another account": [
    "resource-policy-names-who",
    statements("aws:s3/bucketPolicy:BucketPolicy", "policy", (list) => [
      ...list,
      { Effect: "Allow", Principal: { AWS: "999999999999" }, Action: "s3:PutObject", Resource: "*" },
    ]),
  ],
  "gives the key to everybody but this account": [
    "resource-policy-names-who",
    statements("aws:kms/key:Key", "policy", (list) => [
      ...list,
      {
        Effect: "Allow",
        Principal: "*",
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: { StringNotEquals: { "kms:CallerAccount": "123456789012" } },
      },
    ]),
  ],
  "lets the logs of any account use the key": [
    "service-access-is-bound",
    statements("aws:kms/key:Key", "policy", (list) =>
      list.map((one) =>
        one.Sid === "Logs" ? { ...one, Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "*" } } } : one,
      ),
    ),
  ],
  "lets S3 deliver for anybody": [
    "service-access-is-bound",
    statements("aws:s3/bucketPolicy:BucketPolicy", "policy", (list) =>
      list.map((one) => ({ ...one, Condition: one.Effect === "Deny" ? one.Condition : {} })),
    ),
  ],
  "admits the internet in two halves": [
    "network-admits-nobody",
    put("aws:ec2/securityGroup:SecurityGroup", {
      ingress: [{ protocol: "tcp", cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }],
    }),
  ],
  "opens a bucket": [
    "bucket-blocks-public-access",
    put("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", { blockPublicPolicy: false }),
  ],
  "takes plain HTTP": [
    "bucket-denies-plain-http",
    statements("aws:s3/bucketPolicy:BucketPolicy", "policy", (list) => list.slice(1)),
  ],
  "forgets versions": [
    "bucket-keeps-versions",
    put("aws:s3/bucketVersioning:BucketVersioning", { versioningConfiguration: { status: "Suspended" } }),
  ],
  "stops the secret's rotation": ["secret-rotates", without("aws:secretsmanager/secretRotation:SecretRotation")],
  "rotates once a year": [
    "secret-rotates",
    put("aws:secretsmanager/secretRotation:SecretRotation", {
      rotationRules: { scheduleExpression: "rate(365 days)" },
    }),
  ],
  "lets nobody rotate": ["secret-rotation-may-run", without("aws:lambda/permission:Permission", /rotat/)],
  "encrypts the secret by AWS's key": [
    "secret-is-encrypted-by-our-key",
    put("aws:secretsmanager/secret:Secret", { kmsKeyId: undefined }),
  ],
  "writes the secret's value into the program": [
    "secret-value-stays-out-of-the-program",
    add({ type: "aws:secretsmanager/secretVersion:SecretVersion", inputs: { secretString: "abcdefgh" } }),
  ],
  "takes the secret's policy away": [
    "secret-is-read-by-named-roles",
    without("aws:secretsmanager/secretPolicy:SecretPolicy"),
  ],
  "denies something else": [
    "secret-is-read-by-named-roles",
    statements("aws:secretsmanager/secretPolicy:SecretPolicy", "policy", (list) =>
      list.map((one) => ({ ...one, Action: "secretsmanager:GetRandomPassword" })),
    ),
  ],
  "shows the secret to everybody": [
    "resource-policy-names-who",
    add({
      type: "aws:secretsmanager/secretPolicy:SecretPolicy",
      inputs: {
        policy:
          '{"Statement":{"Effect":"Allow","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"}}',
      },
    }),
  ],
  "stops Google's rotation": ["cloud-key-rotates", put("gcp:kms/cryptoKey:CryptoKey", { rotationPeriod: undefined })],
  "lets Google's key be destroyed": [
    "cloud-key-is-kept",
    (graph) => ({ ...graph, resources: graph.resources.map((one) => ({ ...one, protect: false })) }),
  ],
  "gives Google's key to everybody": [
    "cloud-key-is-private",
    add({ type: "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", inputs: { member: "allUsers" } }),
  ],
  "silences an alarm": ["alarm-acts", put("aws:cloudwatch/metricAlarm:MetricAlarm", { alarmActions: [] })],
  "takes the alarm on denials away": [
    "stage-raises-alarms",
    without("aws:cloudwatch/metricAlarm:MetricAlarm", /apiGateway-denials/),
  ],
  "sets thresholds that nobody reaches": [
    "stage-raises-alarms",
    put("aws:cloudwatch/metricAlarm:MetricAlarm", { threshold: 1e12 }),
  ],
  "puts a key into the state": ["provider-holds-no-credential", put("pulumi:providers:aws", { accessKey: "AKIA" })],
  "drops the tags": ["resources-are-tagged", put("pulumi:providers:aws", { defaultTags: undefined })],
  "signs by a shared secret": [
    "auth0-api-signs-short-tokens",
    put("auth0:index/resourceServer:ResourceServer", { signingAlg: "HS256" }),
  ],
  "grants every scope": ["auth0-grant-names-scopes", put("auth0:index/clientGrant:ClientGrant", { scopes: [] })],
  "forgets the grant": ["auth0-api-is-reached-by-a-grant", without("auth0:index/clientGrant:ClientGrant")],
  "lets the application log people in": [
    "auth0-client-is-a-machine",
    put("auth0:index/client:Client", { grantTypes: ["authorization_code"] }),
  ],
  "leaves a stage out": ["module-delivers-what-its-switch-promises", without("aws:apigatewayv2/stage:Stage")],
  "hands the stack's key on by a grant": [
    "resource-type-is-reviewed",
    add({ type: "aws:kms/grant:Grant", inputs: { granteePrincipal: "arn:aws:iam::999999999999:role/reader" } }),
  ],
  "lets everybody write logs": [
    "resource-policy-names-who",
    statements("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "policyDocument", (list) =>
      list.map((one) => ({ ...one, Principal: "*", Condition: undefined })),
    ),
  ],
  "tells the key's value": [
    "outputs-hold-no-secret",
    (graph) => ({
      ...graph,
      outputs: {
        ...graph.outputs,
        key: graph.resources.find(({ type }) => type === "aws:apigateway/apiKey:ApiKey")!.outputs.value,
      },
    }),
    "own keys",
  ],
};

describe("Policy pack, on prod under attack,", () => {
  const graphs: Graph[] = [];
  const findings = (graph: Graph) =>
    checkGraph(graph, { today })
      .filter(isViolation)
      .map(({ rule }) => rule);

  before(async () => {
    for (const secrets of [true, false])
      graphs.push(await evaluate({ stack: "prod", set: { secrets, sagemaker: false } }));
  });

  for (const [what, [rule, attack, keys]] of Object.entries(attacks)) {
    it(`catches one who ${what}: ${rule}`, () => {
      const graph = graphs[keys === undefined ? 0 : 1]!;
      expect(findings(graph)).not.to.include(rule);
      expect(findings(attack(graph))).to.include(rule);
    });
  }
});
