import { expect } from "chai";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyTag, planTag } from "../../contract";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { type Graph, ofType, type Resource } from "../../graph/resource";
import { account } from "../../graph/types/resource-type";

const graphs = new Map<string, Promise<Graph>>();
/** The program with the module and the REST API alone; each variant is evaluated once. */
function secrets(set: Record<string, unknown> = {}, stack = "dev"): Promise<Graph> {
  const key = JSON.stringify([stack, set]);
  const alone = { auth0Authorizer: false, httpApi: false, sagemaker: false, secrets: true };
  const graph = graphs.get(key) ?? evaluate({ stack, set: { ...alone, ...set } });
  graphs.set(key, graph);
  return graph;
}
const only = (graph: Graph, type: string, name: RegExp = /^secrets-/): Resource => {
  const found = ofType(graph, type).filter((resource) => name.test(resource.name));
  expect(found, type).to.have.lengthOf(1);
  return found[0]!;
};
const json = (value: unknown) => JSON.parse(String(value)) as never;
const secretOf = (graph: Graph) => only(graph, "aws:secretsmanager/secret:Secret");
const rotationOf = (graph: Graph) => only(graph, "aws:lambda/function:Function", /rotation/);
const reader = "arn:aws:iam::123456789012:role/application";

async function faultOf(set: Record<string, unknown>, examples = true): Promise<string> {
  try {
    await evaluate({ stack: "dev", set: { secrets: true, ...set }, examples });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the settings were taken");
}

describe("Infrastructure: the module secrets", () => {
  it("holds a secret, a key ring and a crypto key, each by a provider of its own", async () => {
    const graph = await secrets({ secretsRegion: "eu-west-1", gcpRegion: "europe-west3" });
    expect(only(graph, "pulumi:providers:aws").inputs.region).to.equal("eu-west-1");
    expect(only(graph, "pulumi:providers:gcp").inputs).to.include({
      project: "example-project",
      region: "europe-west3",
    });
    expect(secretOf(graph).id).to.match(/^arn:aws:secretsmanager:eu-west-1:123456789012:secret:/);
    const ring = only(graph, "gcp:kms/keyRing:KeyRing");
    expect(ring.id).to.match(
      /^projects\/example-project\/locations\/global\/keyRings\/secrets-gcp-key-ring-[0-9a-f]{7}$/,
    );
    const key = only(graph, "gcp:kms/cryptoKey:CryptoKey");
    expect(graph.outputs).to.include({
      awsSecretId: secretOf(graph).id,
      gcpKeyRingId: ring.id,
      gcpCryptoKeyId: key.id,
    });
  });

  it("never sets the secret's value, and keeps no API key in the state", async () => {
    const graph = await secrets();
    expect(secretOf(graph).inputs).to.deep.equal({
      namePrefix: "model-serving-dev/api-key/",
      tags: { [planTag]: ofType(graph, "aws:apigateway/usagePlan:UsagePlan")[0]!.id },
      description: 'API key of the model service: {"apiKey": "…"}; made and rotated by the stack\'s rotation function',
      kmsKeyId: only(graph, "aws:kms/key:Key").outputs.arn,
      recoveryWindowInDays: 0,
    });
    for (const type of [
      "aws:secretsmanager/secretVersion:SecretVersion",
      "aws:apigateway/apiKey:ApiKey",
      "aws:apigateway/usagePlanKey:UsagePlanKey",
    ]) {
      expect(ofType(graph, type), type).to.deep.equal([]);
    }
    expect(ofType(graph, "aws:apigateway/usagePlan:UsagePlan")).to.have.lengthOf(1);
    expect(graph.outputs).not.to.have.property("apiGatewayKeyId");
  });

  it("lets the rotation and the named roles read the secret, and denies it to everyone else", async () => {
    const graph = await secrets({ secretReaders: [reader] });
    const role = only(graph, "aws:iam/role:Role").outputs.arn;
    expect(only(graph, "aws:secretsmanager/secretPolicy:SecretPolicy").inputs).to.deep.include({
      secretArn: secretOf(graph).id,
      blockPublicPolicy: true,
    });
    expect(json(only(graph, "aws:secretsmanager/secretPolicy:SecretPolicy").inputs.policy)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReadersAlone",
          Effect: "Deny",
          Principal: "*",
          Action: "secretsmanager:GetSecretValue",
          Resource: "*",
          Condition: { ArnNotEquals: { "aws:PrincipalArn": [reader, role] } },
        },
      ],
    });
  });

  it("denies reading to everyone where there is neither a rotation nor a reader", async () => {
    const graph = await secrets({ apiGateway: false });
    const { Statement } = json(only(graph, "aws:secretsmanager/secretPolicy:SecretPolicy").inputs.policy) as {
      Statement: object[];
    };
    expect(Statement[0]).not.to.have.property("Condition");
  });

  it("lives in the secret's region, and rotates the keys of the API's", async () => {
    const graph = await secrets({ secretsRegion: "eu-west-1", awsRegion: "us-east-2" });
    const rotation = rotationOf(graph);
    expect(rotation.id).to.equal("model-serving-dev-rotation");
    for (const [type, name] of [
      ["aws:lambda/function:Function", /rotation/],
      ["aws:cloudwatch/logGroup:LogGroup", /rotation/],
      ["aws:kms/key:Key", /^secrets/],
    ] as const) {
      expect(String(only(graph, type, name).outputs.arn).split(":")[3], type).to.equal("eu-west-1");
    }
    const bucket = ofType(graph, "aws:s3/bucket:Bucket").find(({ id }) => id === rotation.inputs.s3Bucket)!;
    expect(bucket.outputs.region).to.equal("eu-west-1");
    const api = only(graph, "aws:apigateway/restApi:RestApi", /^apiGateway/);
    expect(rotation.inputs.environment).to.deep.equal({
      variables: {
        SECRETS_ARN: `arn:aws:secretsmanager:eu-west-1:${account}:secret:model-serving-dev/`,
        API_REGION: "us-east-2",
        API_URL: `https://${api.id}.execute-api.us-east-2.amazonaws.com/dev`,
        KEY_PROOF: "call",
        KEY_OVERLAP_SECONDS: "86400",
        KEY_PREFIX: "model-serving-dev",
        METRICS_NAMESPACE: "model-serving-dev",
      },
    });
  });

  it("lets the rotation touch the secrets of the stack, and the API keys that carry their tag", async () => {
    const graph = await secrets({
      secretsRegion: "eu-west-1",
      awsRegion: "us-east-2",
      apiGatewayAuth: "iam",
      apiGatewayKeyRequired: true,
    });
    const secretArns = `arn:aws:secretsmanager:eu-west-1:${account}:secret:model-serving-dev/*`;
    expect(secretOf(graph).id).to.match(/:secret:model-serving-dev\/api-key\/\w+-\w{6}$/);
    const api = only(graph, "aws:apigateway/restApi:RestApi", /^apiGateway/).id;
    const [plan] = ofType(graph, "aws:apigateway/usagePlan:UsagePlan");
    const tag = (kind: string) => ({ StringLike: { [`aws:${kind}Tag/${keyTag}`]: secretArns } });
    expect(json(only(graph, "aws:iam/rolePolicy:RolePolicy", /secret-policy/).inputs.policy)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Secrets",
          Effect: "Allow",
          Action: [
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:ListSecretVersionIds",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
          ],
          Resource: secretArns,
        },
        {
          Sid: "SecretKey",
          Effect: "Allow",
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: only(graph, "aws:kms/key:Key").outputs.arn,
          Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
        },
        {
          Sid: "ListKeys",
          Effect: "Allow",
          Action: "apigateway:GET",
          Resource: "arn:aws:apigateway:us-east-2::/apikeys",
        },
        {
          Sid: "MakeKeys",
          Effect: "Allow",
          Action: "apigateway:POST",
          Resource: "arn:aws:apigateway:us-east-2::/apikeys",
          Condition: tag("Request"),
        },
        {
          Sid: "TagKeys",
          Effect: "Allow",
          Action: "apigateway:PUT",
          Resource: "arn:aws:apigateway:us-east-2::/tags/arn%3Aaws%3Aapigateway%3Aus-east-2%3A%3A%2Fapikeys%2F*",
          Condition: tag("Request"),
        },
        {
          Sid: "OwnKeys",
          Effect: "Allow",
          Action: ["apigateway:PATCH", "apigateway:DELETE"],
          Resource: "arn:aws:apigateway:us-east-2::/apikeys/*",
          Condition: tag("Resource"),
        },
        {
          Sid: "JoinPlans",
          Effect: "Allow",
          Action: ["apigateway:GET", "apigateway:POST"],
          Resource: [`arn:aws:apigateway:us-east-2::/usageplans/${plan!.id}/keys*`],
        },
        {
          Sid: "ProveKey",
          Effect: "Allow",
          Action: "execute-api:Invoke",
          Resource: `arn:aws:execute-api:us-east-2:${account}:${api}/dev/GET/v2/health/ready`,
        },
      ],
    });
    expect((rotationOf(graph).inputs.environment as { variables: object }).variables).to.include({
      KEY_PROOF: "signed",
    });
  });

  it("reaches an own domain by its endpoint, so that it needs no DNS record, which may not exist yet", async () => {
    const own = {
      apiGatewayDomain: "api.example.com",
      certificateArn: `arn:aws:acm:us-east-1:${account}:certificate/01234567-89ab-cdef-0123-456789abcdef`,
      hostedZoneId: "",
    };
    for (const set of [own, { ...own, hostedZoneId: "Z0123456789EXAMPLE" }]) {
      const graph = await secrets(set);
      const { regionalDomainName } = only(graph, "aws:apigateway/domainName:DomainName", /./).outputs;
      expect((rotationOf(graph).inputs.environment as { variables: object }).variables).to.include({
        API_URL: "https://api.example.com",
        API_TARGET: regionalDomainName,
      });
    }
    const { variables } = rotationOf(await secrets()).inputs.environment as { variables: object };
    expect(variables).not.to.have.property("API_TARGET");
  });

  it("signs nothing, and may call nothing, where it has no token, or no address, to be let in with", async () => {
    const [networks, countries] = [
      { allowedNetworks: ["203.0.113.0/24"] },
      { allowedCountries: ["CH"], firewall: true },
    ];
    for (const set of [
      { apiGatewayAuth: "cognito", apiGatewayKeyRequired: true },
      // No list of networks has the rotation's address: its proof would be refused, and no key ever go live.
      { apiGatewayAuth: "iam", apiGatewayKeyRequired: true, ...networks },
      { ...networks },
      { ...countries },
    ]) {
      const graph = await secrets(set);
      expect((rotationOf(graph).inputs.environment as { variables: object }).variables).to.include({
        KEY_PROOF: "plan",
      });
      expect(only(graph, "aws:iam/rolePolicy:RolePolicy", /secret-policy/).inputs.policy).not.to.include("execute-api");
    }
  });

  it("is invoked by Secrets Manager for secrets of this stack, and by its hourly sweep", async () => {
    const graph = await secrets();
    const functionName = "model-serving-dev-rotation";
    expect(only(graph, "aws:lambda/permission:Permission", /rotation-rotate/).inputs).to.deep.equal({
      function: functionName,
      action: "lambda:InvokeFunction",
      principal: "secretsmanager.amazonaws.com",
      sourceArn: `arn:aws:secretsmanager:us-west-2:${account}:secret:model-serving-dev/*`,
      sourceAccount: account,
    });
    const rule = only(graph, "aws:cloudwatch/eventRule:EventRule", /sweep/);
    expect(rule.inputs.scheduleExpression).to.equal("rate(1 hour)");
    expect(only(graph, "aws:lambda/permission:Permission", /sweep-invoke/).inputs.sourceArn).to.equal(rule.outputs.arn);
    expect(json(only(graph, "aws:cloudwatch/eventTarget:EventTarget", /sweep/).inputs.input)).to.deep.equal({
      event: "sweep",
      secrets: [secretOf(graph).id.split(":secret:model-serving-dev/")[1]],
    });
    expect(only(graph, "aws:secretsmanager/secretRotation:SecretRotation").inputs).to.deep.equal({
      secretId: secretOf(graph).id,
      rotationLambdaArn: rotationOf(graph).outputs.arn,
      rotationRules: { scheduleExpression: "rate(30 days)" },
      rotateImmediately: true,
    });
  });

  it("deletes every key when the stack goes: after what makes new ones, before function, role and plan", async () => {
    const graph = await secrets();
    const lifecycle = only(graph, "aws:lambda/invocation:Invocation");
    expect(lifecycle.inputs).to.deep.include({ functionName: "model-serving-dev-rotation", lifecycleScope: "CRUD" });
    expect(json(lifecycle.inputs.input)).to.deep.equal({
      event: "lifecycle",
      secret: secretOf(graph).id,
      plan: ofType(graph, "aws:apigateway/usagePlan:UsagePlan")[0]!.id,
    });
    for (const type of ["aws:secretsmanager/secretRotation:SecretRotation", "aws:cloudwatch/eventTarget:EventTarget"]) {
      const maker = ofType(graph, type).find(({ name }) => /schedule|sweep/.test(name))!;
      expect(maker.dependencies, type).to.include(lifecycle.urn);
    }
    for (const type of [
      "aws:lambda/function:Function",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:apigateway/usagePlan:UsagePlan",
      "aws:apigateway/stage:Stage",
    ]) {
      const needed = ofType(graph, type).filter(({ name }) => /rotation|usage|stage/.test(name));
      expect(needed, type).not.to.be.empty;
      for (const { urn } of needed) expect(lifecycle.dependencies, urn).to.include(urn);
    }
  });

  it("gives the secret its first value when strangers are kept from it, and lets them no sooner than its keys are gone", async () => {
    const graph = await secrets();
    const policy = only(graph, "aws:secretsmanager/secretPolicy:SecretPolicy");
    expect(only(graph, "aws:lambda/invocation:Invocation").dependencies).to.include(policy.urn);
  });

  it("makes no rotation where no API asks for keys", async () => {
    for (const set of [{ apiGateway: false }, { apiGatewayAuth: "iam" }]) {
      const graph = await secrets(set);
      expect(secretOf(graph).id).not.to.equal("");
      expect(ofType(graph, "aws:secretsmanager/secretRotation:SecretRotation")).to.deep.equal([]);
      expect(ofType(graph, "aws:lambda/function:Function").filter(({ name }) => /rotation/.test(name))).to.be.empty;
    }
  });

  it("tells of failures, old keys and foreign reads, on an encrypted topic", async () => {
    const graph = await secrets({
      alarmEmail: "ops@example.com",
      secretReaders: [reader],
      secretRotationSchedule: "rate(7 days)",
    });
    const topic = only(graph, "aws:sns/topic:Topic");
    expect(topic.inputs.kmsMasterKeyId).to.equal(only(graph, "aws:kms/key:Key").outputs.arn);
    expect(only(graph, "aws:sns/topicSubscription:TopicSubscription").inputs).to.deep.equal({
      topic: topic.id,
      protocol: "email",
      endpoint: "ops@example.com",
    });
    const alarms = ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => [
      inputs.namespace,
      inputs.metricName,
      inputs.threshold,
      inputs.treatMissingData,
      inputs.alarmActions,
    ]);
    expect(alarms).to.have.deep.members([
      ["AWS/Lambda", "Errors", 1, "notBreaching", [topic.id]],
      ["model-serving-dev", "ApiKeyAge", 8 * 86_400, "breaching", [topic.id]],
      ["model-serving-dev", "PendingVersionAge", 6 * 3_600, "breaching", [topic.id]],
    ]);
    const rule = only(graph, "aws:cloudwatch/eventRule:EventRule", /-reads(-target)?$/);
    expect(rule.inputs.state).to.equal("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
    const issuer = (condition: object) => ({ sessionContext: { sessionIssuer: { arn: [condition] } } });
    const named = [{ wildcard: `*${String(secretOf(graph).outputs.name)}*` }];
    expect(json(rule.inputs.eventPattern)).to.deep.equal({
      source: ["aws.secretsmanager"],
      "detail-type": ["AWS API Call via CloudTrail"],
      detail: {
        eventSource: ["secretsmanager.amazonaws.com"],
        eventName: ["GetSecretValue"],
        userIdentity: {
          $or: [
            issuer({ "anything-but": [reader, only(graph, "aws:iam/role:Role").outputs.arn] }),
            issuer({ exists: false }),
          ],
        },
        $or: [{ requestParameters: { secretId: named } }, { errorMessage: named }],
      },
    });
    expect(only(graph, "aws:cloudwatch/eventTarget:EventTarget", /-reads(-target)?$/).inputs.arn).to.equal(topic.id);
  });

  it("rotates the crypto key, protects it, and gives it to the named members alone", async () => {
    const user = "serviceAccount:app@example-project.iam.gserviceaccount.com";
    const graph = await secrets({ protectData: true, gcpProtectionLevel: "HSM", gcpKeyUsers: [user] });
    const key = only(graph, "gcp:kms/cryptoKey:CryptoKey");
    expect(key.protect).to.equal(true);
    expect(only(graph, "gcp:kms/keyRing:KeyRing").protect).to.equal(true);
    expect(key.inputs).to.deep.equal({
      keyRing: only(graph, "gcp:kms/keyRing:KeyRing").id,
      purpose: "ENCRYPT_DECRYPT",
      rotationPeriod: "100000s",
      versionTemplate: { algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION", protectionLevel: "HSM" },
      destroyScheduledDuration: "2592000s",
      deletionPolicy: "PREVENT",
    });
    expect(only(graph, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember").inputs).to.deep.equal({
      cryptoKeyId: key.id,
      role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      member: user,
    });
    const members = async (gcpKeyUsers: string[]) =>
      ofType(await secrets({ gcpKeyUsers }), "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember").map(({ urn }) => urn);
    // The first one goes: the other stays who it is.
    expect(await members(["user:a@example.com", user])).to.include.members(await members([user]));
    expect(only(await secrets(), "gcp:kms/cryptoKey:CryptoKey").protect).to.equal(false);
  });

  it("protects the secret of nobody in particular where data is protected; a client's goes when the client does", async () => {
    const isProtected = async (set: Record<string, unknown>) =>
      ofType(await secrets(set), "aws:secretsmanager/secret:Secret").map(({ protect }) => protect);
    expect(await isProtected({ protectData: true })).to.deep.equal([true]);
    expect(await isProtected({ protectData: true, apiGateway: false })).to.deep.equal([true]);
    expect(await isProtected({ protectData: false })).to.deep.equal([false]);
    expect(await isProtected({ protectData: true, clients: [{ name: "acme" }] })).to.deep.equal([false]);
  });

  it("labels the crypto key by names that Google Cloud takes, whatever the stack is called", async () => {
    const root = mkdtempSync(join(tmpdir(), "stack-"));
    for (const file of ["index.ts", "Pulumi.yaml", "graph"]) symlinkSync(join(projectRoot, file), join(root, file));
    writeFileSync(join(root, "Pulumi.Prod-EU.yaml"), "config: {}");
    const graph = await evaluate({ root, stack: "Prod-EU", set: { secrets: true } });
    rmSync(root, { recursive: true });
    expect(json(only(graph, "pulumi:providers:gcp").inputs.defaultLabels)).to.deep.equal({
      project: "model-serving",
      stack: "prod-eu",
      "managed-by": "pulumi",
    });
  });

  it("adopts a ring by its name", async () => {
    const ring = only(
      await secrets({ gcpKeyRingName: "ours", gcpKeyRingLocation: "europe" }),
      "gcp:kms/keyRing:KeyRing",
    );
    expect(ring.id).to.equal("projects/example-project/locations/europe/keyRings/ours");
  });

  it("keeps a deleted secret for a month in production, under a schedule of at most 90 days", async () => {
    const graph = await secrets({}, "prod");
    expect(secretOf(graph).inputs.recoveryWindowInDays).to.equal(30);
  });

  const faults: [what: string, set: Record<string, unknown>, line: RegExp][] = [
    [
      "an unknown region",
      { secretsRegion: "us-west-9" },
      /secretsRegion: is not an AWS region: pulumi config set --plaintext secretsRegion us-west-2/,
    ],
    [
      "a region that the API's credentials do not reach",
      { awsRegion: "cn-north-1" },
      /secretsRegion: is in another partition than awsRegion, and no account has both: pulumi config set --plaintext secretsRegion cn-north-1$/,
    ],
    [
      "a region of another partition than the API's",
      { secretsRegion: "us-gov-west-1" },
      /secretsRegion: is in another partition than awsRegion, and no account has both: pulumi config set --plaintext secretsRegion us-west-2$/,
    ],
    ["recovery between none and a week", { secretRecoveryDays: 3 }, /secretRecoveryDays: is neither 0 nor 7 to 30/],
    ["recovery of over a month", { secretRecoveryDays: 31 }, /secretRecoveryDays: is not a whole number from 0 to 30/],
    [
      "a rotation of over 90 days",
      { secretRotationSchedule: "rate(91 days)" },
      /secretRotationSchedule: is not between every 4 hours and every 90 days/,
    ],
    [
      "a rotation of under four hours",
      { secretRotationSchedule: "rate(3 hours)" },
      /secretRotationSchedule: is not between every 4 hours/,
    ],
    [
      "a cron expression of a year",
      { secretRotationSchedule: "cron(0 8 1 JAN ? *)" },
      /secretRotationSchedule: is not rate\(/,
    ],
    [
      "a cron expression of every hour",
      { secretRotationSchedule: "cron(0 * * * ? *)" },
      /secretRotationSchedule: is not between every 4 hours/,
    ],
    [
      "a cron expression of hours too close over midnight",
      { secretRotationSchedule: "cron(0 1,12,22 * * ? *)" },
      /secretRotationSchedule: is not between every 4 hours/,
    ],
    [
      "a cron expression of no hour",
      { secretRotationSchedule: "cron(0 24 * * ? *)" },
      /secretRotationSchedule: is not between every 4 hours/,
    ],
    ["a schedule in words", { secretRotationSchedule: "daily" }, /secretRotationSchedule: is not rate\(/],
    [
      "a schedule by the minute",
      { secretRotationSchedule: "cron(5 8 * * ? *)" },
      /secretRotationSchedule: is not rate\(/,
    ],
    ["an overlap of nothing", { keyOverlapHours: 0 }, /keyOverlapHours: is not a whole number from 1 to 168/],
    [
      "a reader that is a user",
      { secretReaders: ["arn:aws:iam::123456789012:user/me"] },
      // The CLI refuses a name like this one's for a secret, unless told otherwise.
      /secretReaders\[0\]: is not a role's ARN: pulumi config set --plaintext --path 'secretReaders\[0\]' arn:aws:iam::123456789012:role\/my-application/,
    ],
    [
      "readers of another account, each of them",
      { secretReaders: [reader, ...["one", "two"].map((name) => `arn:aws:iam::999999999999:role/${name}`)] },
      /^secretReaders\[1\]: is a role of another account.*: pulumi config set --plaintext --path 'secretReaders\[1\]' arn:aws:iam::123456789012:role\/my-application\nsecretReaders\[2\]: is/,
    ],
    ["a reader that is everyone", { secretReaders: ["*"] }, /secretReaders\[0\]: is not a role's ARN/],
    ["readers that are not a list", { secretReaders: reader }, /secretReaders: is not a list/],
    ["no project", { gcpProject: "" }, /gcpProject: is not set .*: pulumi config set gcpProject "<your-project>"/],
    ["a project that is none", { gcpProject: "Ours" }, /gcpProject: is not a project's id/],
    [
      "a Google Cloud region that does not exist",
      { gcpRegion: "us-middle1" },
      /gcpRegion: is not a Google Cloud region/,
    ],
    [
      "a location that does not exist",
      { gcpKeyRingLocation: "moon" },
      /gcpKeyRingLocation: is not a location of Cloud KMS/,
    ],
    [
      "a key that rotates by the hour",
      { gcpKeyRotationSeconds: 3600 },
      /gcpKeyRotationSeconds: is not a whole number from 86400 to 7776000/,
    ],
    [
      "a key that rotates twice a year",
      { gcpKeyRotationSeconds: 15_552_000 },
      /gcpKeyRotationSeconds: is not a whole number/,
    ],
    [
      "an unknown protection level",
      { gcpProtectionLevel: "EXTERNAL" },
      /gcpProtectionLevel: is not one of SOFTWARE, HSM/,
    ],
    ["everyone as a user of the key", { gcpKeyUsers: ["allUsers"] }, /gcpKeyUsers\[0\]: is not a member of IAM/],
    ["everyone who is signed in", { gcpKeyUsers: ["allAuthenticatedUsers"] }, /gcpKeyUsers\[0\]: is not/],
    ["a ring's name that is a path", { gcpKeyRingName: "../ours" }, /gcpKeyRingName: is not a key ring's name/],
    ["an address that is none", { alarmEmail: "ops" }, /alarmEmail: is not an e-mail address/],
  ];
  for (const [what, set, line] of faults) {
    it(`refuses ${what}, with the command that cures it`, async () => {
      expect(await faultOf(set)).to.match(line);
    });
  }

  it("takes schedules by the hour, by the day and by cron", async () => {
    for (const schedule of [
      "rate(4 hours)",
      "rate(1 day)",
      "rate(90 days)",
      "cron(0 8 ? * MON#2 *)",
      "cron(0 16 1,15 * ? *)",
      "cron(0 */4 * * ? *)",
      "cron(0 2-10/8,18 L */2 ? *)",
    ]) {
      const graph = await secrets({ secretRotationSchedule: schedule });
      expect(only(graph, "aws:secretsmanager/secretRotation:SecretRotation").inputs.rotationRules).to.deep.equal({
        scheduleExpression: schedule,
      });
    }
  });

  it("asks for a project only where it is on", async () => {
    expect(await faultOf({}, false)).to.match(/gcpProject: is not set/);
    expect((await evaluate({ stack: "dev", set: { secrets: false }, examples: false })).resources).not.to.be.empty;
  });
});
