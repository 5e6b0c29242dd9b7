import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { publishedKeys } from "../../../contract";
import { evaluate, projectRoot } from "../../../graph/evaluate";
import { openAuthority } from "../../../local/certificates/authority";
import { LocalFunctions } from "../../../local/functions/local-functions";
import { openTrainingCloud, type TrainingCloud } from "../../../local/training/aws/cloud";
import { servedModels } from "../../../local/run/served-models";
import { sha256, shippedModel, variant } from "./stand-ins";

const seed = Buffer.alloc(32, 7);

describe("the model function with published models, in the private network", () => {
  let folder: string;
  let cloud: TrainingCloud;
  let functions: LocalFunctions;
  const lines: string[] = [];
  const program = (set: Record<string, unknown> = {}) =>
    evaluate({ stack: "dev", set: { sagemaker: true, network: true, ...set }, seed });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "serving-"));
    const graph = await program();
    const authority = await openAuthority(join(folder, "authority"));
    cloud = (await openTrainingCloud({ graph, authority, seed, clock: Date.now, folder }))!;
    functions = await LocalFunctions.start(graph, {
      workDirectory: join(folder, "work"),
      projectRoot,
      log: ({ text }) => lines.push(text),
      variables: (name) => ({ NODE_EXTRA_CA_CERTS: authority.file, ...cloud.variablesOf(name) }),
      maxEnvironments: 1,
    });
    arn = servedModels(graph)!.functionArn;
  });
  after(async () => {
    await functions?.close();
    await cloud?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let arn = "";
  async function ask(method: string, path: string, body?: object) {
    const event = {
      httpMethod: method,
      path,
      resource: path.startsWith("/v2") ? "/v2/models/{model}" : path,
      pathParameters: { model: "mymodel" },
      headers: {},
      requestContext: {},
      body: body === undefined ? null : JSON.stringify(body),
    };
    const answer = await functions.invoke(arn, event, { timeoutMs: 20_000 });
    if (answer.kind !== "result") throw new Error(JSON.stringify(answer));
    const { statusCode, body: text } = answer.payload as { statusCode: number; body: string };
    expect(statusCode, text).to.equal(200);
    return JSON.parse(text) as Record<string, unknown>;
  }
  const version = async () => ((await ask("GET", "/v2/models/mymodel")).versions as string[])[0];
  const predict = () => ask("POST", "/mymodel", { instances: [[5.1, 3.5, 1.4, 0.2]] });
  const until = async (wanted: string) => {
    const deadline = Date.now() + 120_000;
    while ((await version()) !== wanted) {
      if (Date.now() > deadline) throw new Error(`${wanted} is not served: ${lines.at(-1)}`);
      await new Promise((wake) => setTimeout(wake, 100));
    }
  };
  /** Log lines come by another pipe than answers, and so perhaps later. */
  const logged = async (text: string, count: number) => {
    const deadline = Date.now() + 120_000;
    while (lines.filter((line) => line.includes(text)).length < count && Date.now() < deadline)
      await new Promise((wake) => setTimeout(wake, 20));
  };
  const short = (content: Buffer) => sha256(content).slice(0, 12);
  const place = (content: Buffer, digest = sha256(content)) =>
    cloud.files.write(cloud.modelsBucket, publishedKeys.artefact("mymodel", digest), content, undefined);
  const point = (digest: string | null, previous: string | null, canaryPercent = 100) => {
    const pointer = { digest, previous, canaryPercent, reason: "published", handled: [] };
    const body = Buffer.from(JSON.stringify(pointer));
    cloud.files.write(cloud.modelsBucket, publishedKeys.pointer("mymodel"), body, undefined);
  };
  const one = variant("one");

  it("serves the model that the code ships with, without a pointer", async () => {
    expect(await version()).to.equal(short(shippedModel));
    await predict();
  });

  it("serves what is published, without a restart", async () => {
    place(one);
    point(sha256(one), null);
    await until(short(one));
    await predict();
  });

  it("keeps it through a deployment of another environment, other code and another layer", async () => {
    const models = join(folder, "models");
    cpSync(join(projectRoot, "models"), models, { recursive: true });
    writeFileSync(join(models, "mymodel/model.onnx"), variant("shipped anew"));
    const changed = await program({ corsOrigin: "https://app.example.com", modelsFolder: models, modelMemory: 2048 });
    await functions.replace(changed);
    // The new function begins with what it ships with, and the first request already gets what is live.
    expect(await version()).to.equal(short(one));
  });

  it("keeps what it serves when the pointer leads to a file that was tampered with", async () => {
    const two = variant("two");
    place(variant("tampered"), sha256(two));
    point(sha256(two), sha256(one));
    // The pointer is read again by a request alone.
    for (let tries = 0; tries < 300 && !lines.some((line) => line.includes("has another digest")); tries++) {
      expect(await version()).to.equal(short(one));
      await new Promise((wake) => setTimeout(wake, 100));
    }
    expect(await version()).to.equal(short(one));
    expect(lines.join("\n")).to.contain('"outcome":"kept"').and.to.contain("has another digest");
    place(two);
    await until(short(two));
  });

  it("gives a canary its share, and counts that share in the metrics", async () => {
    const three = variant("three");
    place(three);
    point(sha256(three), sha256(one), 50);
    await until(short(three));
    lines.length = 0;
    for (let call = 0; call < 60; call++) await predict();
    await logged('"variant":', 60);
    const canary = lines.filter((line) => line.includes('"CanaryRequests":1')).length;
    // 60 draws at one half: outside of this once in ten million runs.
    expect(canary).to.be.within(10, 50);
    expect(lines.filter((line) => line.includes('"variant":"stable"')).length).to.equal(60 - canary);
  });

  it("goes back to the model that the code ships with where the pointer says so", async () => {
    point(null, sha256(one));
    await until(short(variant("shipped anew")));
    await predict();
  });
});
