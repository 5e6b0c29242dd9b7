import { expect } from "chai";
import { randomUUID } from "node:crypto";
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  DeleteApiKeyCommand,
  GetApiKeysCommand,
} from "@aws-sdk/client-api-gateway";
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { keyTag } from "../../../contract";
import type { Principal } from "../../../local/iam/identities";
import { regions, type RotatingRun, startRotating } from "./a-run";
import { signedPost } from "../../../local/aws/run-file";

// The client speaks of Node's age to whoever listens; here it would stand in the middle of a report.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const failure = async (call: Promise<unknown>): Promise<{ name: string; message: string }> => {
  try {
    await call;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was let through");
};

describe("the local stand-ins of AWS's services", () => {
  let rotating: RotatingRun;
  const agents: Agent[] = [];

  before(async () => {
    rotating = await startRotating({ apiGatewayAuth: "iam", apiGatewayKeyRequired: true });
  });
  after(async () => {
    for (const agent of agents) agent.destroy();
    await rotating.close();
  });

  function settings(credentials: Principal, region: string) {
    const httpsAgent = new Agent({ ca: readFileSync(rotating.run.ca) });
    agents.push(httpsAgent);
    return {
      region,
      endpoint: rotating.aws.url,
      credentials,
      maxAttempts: 1,
      requestHandler: { httpsAgent },
    };
  }
  const secretsBy = (who: Principal, region: string = regions.secret) =>
    new SecretsManagerClient(settings(who, region));
  const keysBy = (who: Principal, region: string = regions.api) => new APIGatewayClient(settings(who, region));

  it("rotate under IAM with a call that the rotation signs itself", async () => {
    const { aws } = rotating;
    const outcomes = await aws.driver.rotate(aws.secretOf(), { token: randomUUID() });
    expect(outcomes.map(({ outcome }) => outcome)).to.deep.equal(["done", "done", "done", "done"]);
  });

  it("answer nobody whose signature is wrong, unknown, or made for another region", async () => {
    const { aws } = rotating;
    const SecretId = aws.secretOf().arn;
    const { operator } = aws;
    const asked = (client: SecretsManagerClient) => failure(client.send(new DescribeSecretCommand({ SecretId })));
    expect((await asked(secretsBy({ ...operator, secretAccessKey: "guessed" }))).name).to.equal(
      "InvalidSignatureException",
    );
    expect((await asked(secretsBy({ ...operator, accessKeyId: "AKIAIOSFODNN7EXAMPLE" }))).message).to.match(/invalid/);
    expect((await asked(secretsBy({ ...aws.role, sessionToken: "another" }))).message).to.match(/invalid/);
    expect((await asked(secretsBy(operator, regions.api))).name).to.match(/InvalidSignature/);
    expect((await failure(keysBy(operator, regions.secret).send(new GetApiKeysCommand({})))).name).to.match(
      /InvalidSignature/,
    );
    expect((await secretsBy(operator).send(new DescribeSecretCommand({ SecretId }))).ARN).to.equal(SecretId);
  });

  it("deny the secret's value to whoever is no reader, the operator included", async () => {
    const { aws } = rotating;
    const read = new GetSecretValueCommand({ SecretId: aws.secretOf().arn });
    const denied = await failure(secretsBy(aws.operator).send(read));
    expect(denied).to.include({ name: "AccessDeniedException" });
    expect(denied.message).to.match(/explicit deny/);
    expect((await secretsBy(aws.role).send(read)).SecretString).to.include(aws.currentKey());
  });

  it("let the rotation's role touch its own secret and keys, and no other", async () => {
    const { aws } = rotating;
    const other = aws.secretOf().arn.replace("model-serving-dev/", "model-serving-dev-2/");
    const role = keysBy(aws.role);
    const value = `a-key-of-someone-else-${randomUUID()}`;
    const denied = async (call: Promise<unknown>) =>
      expect((await failure(call)).name).to.equal("AccessDeniedException");
    await denied(secretsBy(aws.role).send(new GetSecretValueCommand({ SecretId: other })));
    await denied(secretsBy(aws.role).send(new RotateSecretCommand({ SecretId: aws.secretOf().arn })));
    await denied(role.send(new CreateApiKeyCommand({ name: "untagged", value, enabled: true })));
    await denied(
      role.send(new CreateApiKeyCommand({ name: "foreign", value, enabled: true, tags: { [keyTag]: other } })),
    );
    const made = await keysBy(aws.operator).send(new CreateApiKeyCommand({ name: "theirs", value, enabled: true }));
    await denied(role.send(new DeleteApiKeyCommand({ apiKey: made.id! })));
    await aws.destroy();
    expect(aws.store.all().map(({ name }) => name)).to.deep.equal(["theirs"]);
    expect(
      (await rotating.send({ event: "lifecycle", secret: aws.secretOf().arn, tf: { action: "create" } })).kind,
    ).to.equal("result");
  });

  it("keep a version's value, whoever writes it again", async () => {
    const { aws } = rotating;
    const put = (SecretString: string) =>
      secretsBy(aws.operator).send(
        new PutSecretValueCommand({
          SecretId: aws.secretOf().arn,
          ClientRequestToken: "0123456789abcdef0123456789abcdef",
          SecretString,
          VersionStages: ["MINE"],
        }),
      );
    await put("one");
    await put("one");
    expect((await failure(put("two"))).name).to.equal("ResourceExistsException");
  });

  it("start a rotation with RotateSecret, and take up one that is pending", async () => {
    const { aws } = rotating;
    const before = aws.currentKey();
    await aws.driver.rotate(aws.secretOf(), { token: randomUUID(), killAt: "setSecret" });
    const again = await failure(
      secretsBy(aws.operator).send(new RotateSecretCommand({ SecretId: aws.secretOf().arn })),
    );
    expect(again).to.include({ name: "InvalidRequestException" });
    await aws.driver.idle();
    expect(aws.currentKey()).not.to.equal(before);
    const between = aws.currentKey();
    await secretsBy(aws.operator).send(new RotateSecretCommand({ SecretId: aws.secretOf().arn }));
    await aws.driver.idle();
    expect(aws.currentKey()).not.to.equal(between);
  });

  it("hand the machine's function no credential that this process did not make", async () => {
    const { aws } = rotating;
    expect(aws.variablesOf("model-serving-dev-model")).to.deep.equal({});
    expect(aws.variablesOf(aws.functionName)).to.include({
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_EC2_METADATA_DISABLED: "true",
    });
  });

  it("reject a body or a path that nobody could read, as the fault of whoever sent it", async () => {
    const { aws, run } = rotating;
    const lambda = `/2015-03-31/functions/${aws.functionName}/invocations`;
    for (const [service, path, body, code] of [
      // Lambda writes no __type (recorded on AWS: LocalStack's test_lambda_invoke_payload_encoding_error).
      ["lambda", lambda, "{", "Could not parse request body into json: Could not parse payload into json: "],
      ["lambda", lambda.replace("/functions/", "/functions/%zz"), "{}", "ValidationException"],
      ["local-rotation-test", "/", "{", "SerializationException"],
      ["local-rotation-test", "/", "null", "SerializationException"],
      ["apigateway", "/apikeys", "{", "SerializationException"],
      ["apigateway", "/apikeys", "null", "SerializationException"],
    ] as const) {
      const region = service === "apigateway" ? regions.api : regions.secret;
      const to = { endpoint: aws.url, ca: run.ca, ...aws.operator };
      const { status, text } = await signedPost(to, { service, region, path, body });
      expect([service, status]).to.deep.equal([service, 400]);
      expect(text).to.contain(code);
    }
  });

  it("let nobody but the operator test a rotation", async () => {
    const { aws, run } = rotating;
    const at = { endpoint: aws.url, ca: run.ca };
    const body = JSON.stringify({ secretId: aws.secretOf().arn });
    const post = (who: Principal) =>
      signedPost({ ...at, ...who }, { service: "local-rotation-test", region: regions.secret, path: "/", body });
    expect((await post(aws.role)).text).to.match(/AccessDenied|UnrecognizedClient/);
    expect((await post({ ...aws.operator, secretAccessKey: "guessed" })).status).to.equal(403);
    expect(JSON.parse((await post(aws.operator)).text)).to.include({ finished: true });
  });
});
