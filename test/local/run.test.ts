import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash, createHmac } from "node:crypto";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect } from "chai";
import { onnxFile } from "../fixtures/onnx-file";
import { projectRoot } from "../../graph/evaluate";
import { startRun } from "../../local/run/run";
import { type Answer, flower, type Served, serveStack } from "./served";

const forbidden = { error: "Forbidden", message: "Forbidden" };
const alone = { auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false };

/** The SDK's own hash interface, over node:crypto. */
class Sha256 {
  private readonly hash;
  constructor(key?: Uint8Array) {
    this.hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  }
  update(data: Uint8Array): void {
    this.hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
  reset(): void {}
}

/** Headers that sign a call as any AWS SDK does. */
async function signed(served: Served, method: string, path: string, body: string): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey, region } = served.run.credentials;
  const url = new URL(served.run.apis[0]!.url + path);
  const signer = new SignatureV4({
    service: "execute-api",
    region: region!,
    credentials: { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! },
    sha256: Sha256 as never,
  });
  const request = { method, protocol: "https:", hostname: url.hostname, path: url.pathname, query: {}, body };
  const { headers } = (await signer.sign({ ...request, headers: { host: url.host } })) as {
    headers: Record<string, string>;
  };
  return headers;
}

function prediction({ status, text }: Answer): number {
  expect(status, text).to.equal(200);
  const { outputs } = JSON.parse(text) as { outputs: { name: string; data: number[] }[] };
  return outputs.find(({ name }) => name === "label")!.data[0]!;
}

describe("a local run", () => {
  let served: Served | undefined;
  afterEach(async () => {
    await served?.run.close();
    served = undefined;
  });

  it("answers a prediction with its key, and rejects the same call without it or with another", async () => {
    served = await serveStack(alone);
    const { apiKey } = served.run.credentials;
    expect(
      prediction(await served.call("POST", "/mymodel", { headers: { "x-api-key": apiKey! }, body: flower })),
    ).to.equal(0);
    for (const headers of [{}, { "x-api-key": "" }, { "x-api-key": `${apiKey!}x` }, { authorization: apiKey! }]) {
      const answer = await served.call("POST", "/mymodel", {
        headers: headers as Record<string, string>,
        body: flower,
      });
      expect(answer.status).to.equal(403);
      expect(JSON.parse(answer.text)).to.deep.equal(forbidden);
      expect(answer.headers["x-amzn-errortype"]).to.equal("ForbiddenException");
    }
  });

  it("asks under iam for a signature, and rejects it once anything of the call changed", async () => {
    served = await serveStack({ ...alone, apiGatewayAuth: "iam" });
    const headers = await signed(served, "POST", "/mymodel", flower);
    expect(prediction(await served.call("POST", "/mymodel", { headers, body: flower }))).to.equal(0);
    expect((await served.call("POST", "/mymodel", { headers, body: flower.replace("5.1", "6.1") })).status).to.equal(
      403,
    );
    expect((await served.call("GET", "/v2", { headers })).status).to.equal(403);
    expect((await served.call("POST", "/mymodel", { body: flower })).status).to.equal(403);
  });

  it("asks in prod's REST API for the signature and, on top, the key", async () => {
    served = await serveStack(alone, "prod");
    const { apiKey } = served.run.credentials;
    const headers = await signed(served, "POST", "/mymodel", flower);
    expect(
      prediction(
        await served.call("POST", "/mymodel", { headers: { ...headers, "x-api-key": apiKey! }, body: flower }),
      ),
    ).to.equal(0);
    expect((await served.call("POST", "/mymodel", { headers, body: flower })).status).to.equal(403);
    expect(
      (await served.call("POST", "/mymodel", { headers: { "x-api-key": apiKey! }, body: flower })).status,
    ).to.equal(403);
  });

  for (const apiGatewayAuth of ["cognito", "lambda"]) {
    it(`takes under ${apiGatewayAuth} a token that its issuer gives for the printed client`, async () => {
      served = await serveStack({ ...alone, apiGatewayAuth });
      const { token, clientId, clientSecret, tokenEndpoint, audience, scope } = served.run.credentials;
      expect(tokenEndpoint).to.match(/^https:\/\/localhost:/);
      expect([clientId, clientSecret, scope]).to.satisfy((all: unknown[]) =>
        all.every((value) => typeof value === "string"),
      );
      expect(audience === undefined).to.equal(apiGatewayAuth === "cognito");
      const headers = { authorization: `Bearer ${token!}` };
      expect(prediction(await served.call("POST", "/mymodel", { headers, body: flower }))).to.equal(0);
      const refused = await served.call("POST", "/mymodel", { body: flower });
      expect(refused.status).to.equal(401);
      expect(refused.headers["www-authenticate"]).to.equal('Bearer realm="model-serving-dev-apiGateway"');
    });
  }

  it("serves any other model by name, without a change of code, and a lone one on the plain route", async () => {
    const folder = mkdtempSync(join(tmpdir(), "models-"));
    try {
      cpSync(join(projectRoot, "test/fixtures/models/add"), join(folder, "sum"), { recursive: true });
      served = await serveStack({ ...alone, modelsFolder: folder });
      const headers = { "x-api-key": served.run.credentials.apiKey! };
      const metadata = await served.call("GET", "/v2/models/sum", { headers });
      expect(metadata.status, metadata.text).to.equal(200);
      const { inputs } = JSON.parse(metadata.text) as { inputs: { name: string; datatype: string; shape: number[] }[] };
      const body = JSON.stringify({
        inputs: inputs.map(({ name, datatype, shape }) => ({
          name,
          datatype,
          shape: shape.map((size) => Math.max(size, 1)),
          data: [2, 2],
        })),
      });
      for (const path of ["/v2/models/sum/infer", "/mymodel"]) {
        const answer = await served.call("POST", path, { headers, body });
        expect(answer.status, answer.text).to.equal(200);
        expect((JSON.parse(answer.text) as { outputs: { data: number[] }[] }).outputs[0]!.data).to.deep.equal([4, 4]);
      }
      expect((await served.call("GET", "/v2/models/mymodel", { headers })).status).to.equal(404);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("takes up a changed model without a restart, and keeps the old one while the change is broken", async () => {
    const folder = mkdtempSync(join(tmpdir(), "models-"));
    try {
      cpSync(join(projectRoot, "models/mymodel"), join(folder, "mymodel"), { recursive: true });
      served = await serveStack({ ...alone, modelsFolder: folder });
      const headers = { "x-api-key": served.run.credentials.apiKey! };
      const status = async (name: string) =>
        (await served!.call("GET", `/v2/models/${name}/ready`, { headers })).status;
      expect(await status("second")).to.equal(404);
      cpSync(join(projectRoot, "test/fixtures/models/scalar"), join(folder, "second"), { recursive: true });
      await served.run.reload();
      expect(await status("second")).to.equal(200);
      const shipped = readFileSync(join(folder, "mymodel/model.onnx"));
      let fault = "";
      // A copy that is under way, or no model at all.
      writeFileSync(join(folder, "mymodel/model.onnx"), shipped.subarray(0, 500));
      await served.run.reload().catch((error: Error) => (fault = error.message));
      expect(fault).to.match(/^modelsFolder: .*\/mymodel\/model\.onnx is no whole ONNX file/);
      expect(prediction(await served.call("POST", "/mymodel", { headers, body: flower }))).to.equal(0);
      writeFileSync(join(folder, "mymodel/model.onnx"), shipped);
      await served.run.reload();
      rmSync(join(folder, "mymodel"), { recursive: true });
      rmSync(join(folder, "second"), { recursive: true });
      await served.run.reload().catch((error: Error) => (fault = error.message));
      expect(fault).to.include("holds no model");
      expect(await status("second")).to.equal(200);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("throttles a key at its rate and stops it at its quota, each with its own 429", async () => {
    const now = Date.now();
    served = await serveStack({ ...alone, keyRateLimit: 1, keyBurstLimit: 3, keyQuota: 5 }, "dev", () => now);
    const headers = { "x-api-key": served.run.credentials.apiKey! };
    const burst = await Promise.all(
      Array.from({ length: 8 }, () => served!.call("GET", "/v2/health/live", { headers })),
    );
    const texts = burst.map(
      ({ status, text }) => `${status} ${(JSON.parse(text) as { message?: string }).message ?? ""}`,
    );
    expect(texts.filter((text) => text === "200 ").length).to.equal(3);
    expect(texts.filter((text) => text === "429 Too Many Requests").length).to.equal(5);
    await served.run.close();
    served = await serveStack({ ...alone, keyQuota: 2 });
    const answers = [];
    for (let call = 0; call < 3; call++) answers.push(await served.call("GET", "/v2/health/live", { headers }));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 429]);
    expect(JSON.parse(answers[2]!.text)).to.deep.equal({ error: "Limit Exceeded", message: "Limit Exceeded" });
  });

  it("answers preflights for the set origin, and errors that its pages can read", async () => {
    const origin = "https://app.example.com";
    served = await serveStack({ ...alone, corsOrigin: origin });
    const preflight = await served.call("OPTIONS", "/v2/models/mymodel/infer", {
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers).to.include({ "access-control-allow-origin": origin, vary: "Origin" });
    const refused = await served.call("POST", "/mymodel", { headers: { origin }, body: flower });
    expect(refused.status).to.equal(403);
    expect(refused.headers["access-control-allow-origin"]).to.equal(origin);
    const headers = { origin, "x-api-key": served.run.credentials.apiKey! };
    const answer = await served.call("POST", "/mymodel", { headers, body: flower });
    expect(answer.headers["access-control-allow-origin"]).to.equal(origin);
  });

  it("answers preflights of several origins to each by its own, and to another's page by none", async () => {
    const [one, other] = ["https://app.example.com", "https://admin.example.com"];
    served = await serveStack({ ...alone, corsOrigin: `${one},${other}` });
    const { apiKey } = served.run.credentials;
    for (const [origin, named] of [
      [one, one],
      [other, other],
      ["https://evil.example", undefined],
    ] as const) {
      const asked = { headers: { origin, "access-control-request-method": "POST" } };
      const preflight = await served.call("OPTIONS", "/mymodel", asked);
      expect(preflight.status, origin).to.equal(204);
      expect(preflight.headers["access-control-allow-origin"], origin).to.equal(named);
      expect(preflight.headers).to.include({ vary: "Origin", "access-control-max-age": "7200" });
      expect(preflight.text).to.equal("");
      const headers = { origin, "x-api-key": apiKey! };
      const answer = await served.call("POST", "/mymodel", { headers, body: flower });
      expect(answer.status).to.equal(200);
      expect(answer.headers["access-control-allow-origin"], origin).to.equal(named);
      // The gateway's own errors know one origin alone.
      const refused = await served.call("POST", "/mymodel", { headers: { origin }, body: flower });
      expect([refused.status, refused.headers["access-control-allow-origin"]]).to.deep.equal([403, one]);
    }
  });

  it("writes no credential and no body to any log, whatever is called", async () => {
    served = await serveStack({ ...alone, apiGatewayAuth: "lambda", apiGatewayKeyRequired: true });
    const { token, apiKey, clientSecret } = served.run.credentials;
    const headers = { authorization: `Bearer ${token!}`, "x-api-key": apiKey! };
    await served.call("POST", "/mymodel", { headers, body: flower.replace("5.1", "5.12345") });
    await served.call("POST", "/mymodel", { headers, body: "{ 5.12345" });
    await served.call("POST", "/mymodel", {
      headers: { ...headers, authorization: `Bearer ${token!.slice(0, -4)}AAAA` },
    });
    // What the functions wrote last is in the log once they have ended.
    await served.run.close();
    const text = served.lines.join("\n");
    expect(text).to.include('"route"');
    for (const secret of [token!, token!.slice(-30), apiKey!, clientSecret!, "5.12345"])
      expect(text).not.to.include(secret);
  });

  it("gives each caller's identity to the function, which logs it", async () => {
    served = await serveStack({ ...alone, apiGatewayAuth: "iam" });
    const headers = await signed(served, "POST", "/mymodel", flower);
    await served.call("POST", "/mymodel", { headers, body: flower });
    await served.run.close();
    const line = served.lines.find(
      (text) => text.startsWith("model-serving-dev-model {") && text.includes("POST /mymodel"),
    )!;
    expect(JSON.parse(line.slice(line.indexOf("{")))).to.include({ status: 200, model: "mymodel" });
    expect(line).to.include("arn:aws:iam::123456789012:user/caller");
  });

  it("serves a text model that asks for a locale that Lambda has", async () => {
    const folder = mkdtempSync(join(tmpdir(), "models-"));
    try {
      cpSync(join(projectRoot, "test/fixtures/models/text-c-utf8"), join(folder, "mymodel"), { recursive: true });
      served = await serveStack({ ...alone, modelsFolder: folder });
      const headers = { "x-api-key": served.run.credentials.apiKey! };
      const body = JSON.stringify({
        inputs: [{ name: "x", shape: [2], datatype: "BYTES", data: ["GOOD", "Étude"] }],
      });
      const answer = await served.call("POST", "/mymodel", { headers, body });
      expect(JSON.parse(answer.text)).to.have.nested.property("outputs[0].data").that.deep.equals(["good", "étude"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const external = readFileSync(join(projectRoot, "test/fixtures/models/external/model.onnx"));
  const unloadable: [what: string, content: Buffer, says: RegExp][] = [
    ["is none", Buffer.from("not a model"), /^modelsFolder: .*\/mymodel\/model\.onnx is no whole ONNX file: /],
    [
      "asks for a locale that Lambda has not",
      readFileSync(join(projectRoot, "test/fixtures/unservable/text/model.onnx")),
      /has a StringNormalizer with the locale en_US\.UTF-8, which Lambda does not have: .* C\.UTF-8/,
    ],
    ["lacks its external data", external, /keeps weights in weights\.bin, which is not among its files/],
    [
      "has an operator that no runtime knows",
      onnxFile({ operator: "Negate" }),
      /^model mymodel: it cannot be loaded: .*Negate/,
    ],
  ];
  for (const [what, content, says] of unloadable) {
    it(`stops with one line when the model ${what}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "models-"));
      try {
        mkdirSync(join(folder, "mymodel"));
        writeFileSync(join(folder, "mymodel/model.onnx"), content);
        let fault = "";
        served = await serveStack({ ...alone, modelsFolder: folder }).catch((error: Error) => {
          fault = error.message;
          return undefined;
        });
        expect(served).to.equal(undefined);
        expect(fault).to.match(says);
        expect(fault).not.to.include("\n");
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it("says which port is taken, and how to choose another", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    const log = { function: () => undefined, access: () => undefined, error: () => undefined };
    try {
      await startRun({ stack: "dev", set: alone, port, log }).then(
        (run) => run.close().then(() => expect.fail("it started")),
        (error: Error) =>
          expect(error.message).to.equal(
            `port ${port} is taken by another program: choose another with --port, or --port 0 for any free one`,
          ),
      );
    } finally {
      other.close();
    }
  });
});
