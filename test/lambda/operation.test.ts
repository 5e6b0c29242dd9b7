import { mkdtempSync, rmSync, cpSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import type { GatewayEvent } from "../../lambda/core/protocol/request";
import { fixtures, pin, restEvent, shipped, start } from "./function";

const body = JSON.stringify({ instances: [[5.1, 3.5, 1.4, 0.2]] });

describe("Functions: the model function in operation", () => {
  const fn = start(["mymodel"], { directory: shipped });
  const status = async (event: GatewayEvent): Promise<number> => (await fn.send(event)).answer.statusCode;

  describe("events", () => {
    const http = (
      method: string,
      routeKey: string,
      rawPath: string,
      more: Partial<GatewayEvent> = {},
    ): GatewayEvent => ({
      version: "2.0",
      routeKey,
      rawPath,
      headers: { "content-type": "application/json" },
      requestContext: { requestId: "r", stage: "$default", http: { method } },
      body,
      isBase64Encoded: false,
      ...more,
    });

    it("of an HTTP API are understood, with a stage before the path or not", async () => {
      expect(await status(http("POST", "POST /models", "/models"))).to.equal(200);
      const staged = { requestContext: { requestId: "r", stage: "prod", http: { method: "POST" } } };
      expect(await status(http("POST", "$default", "/prod/models", staged))).to.equal(200);
      expect(await status(http("POST", "POST /models", "/prod/models", staged))).to.equal(200);
      expect(await status(http("POST", "$default", "/prod/v2/health/live", staged))).to.equal(405);
      const model = { pathParameters: { model: "mymodel" } };
      expect(await status(http("GET", "GET /v2/models/{model}", "/v2/models/mymodel", model))).to.equal(200);
    });

    it("of a greedy or default route are told apart by their path", async () => {
      expect(await status({ ...restEvent("GET", "/v2/health/live", undefined), resource: "/{proxy+}" })).to.equal(200);
      expect(await status({ ...restEvent("POST", "/anything", Buffer.from(body)), resource: "/{proxy+}" })).to.equal(
        404,
      );
      expect(await status(http("POST", "$default", "/"))).to.equal(404);
      expect(await status(http("POST", "$default", "/models/x"))).to.equal(404);
    });

    it("with a base path of an own domain before the path are understood by their template", async () => {
      const event = restEvent("GET", "/v2/models/mymodel", undefined);
      expect(await status({ ...event, path: "/base/v2/models/mymodel" })).to.equal(200);
    });

    it("with text or base64 bodies give the same answer", async () => {
      const text = { ...restEvent("POST", "/mymodel", undefined), body, isBase64Encoded: false };
      const answers = [await fn.send(text), await fn.send(restEvent("POST", "/mymodel", Buffer.from(body)))];
      expect(answers[0]!.answer.body).to.equal(answers[1]!.answer.body);
    });

    it("that lack everything are answered, not thrown on", async () => {
      for (const event of [
        {},
        { requestContext: {} },
        { headers: null, body: null, pathParameters: null },
        { resource: "/v2/models/{model}", httpMethod: "GET" },
      ]) {
        expect(await status(event)).to.equal(404);
      }
    });
  });

  it("takes any Content-Type, and none", async () => {
    for (const type of ["application/json; charset=utf-8", "application/octet-stream", "text/plain", "x"]) {
      expect(await status(restEvent("POST", "/mymodel", Buffer.from(body), { "Content-Type": type }))).to.equal(200);
    }
  });

  it("sends CORS headers for the one origin on every answer, and none where none is set", async () => {
    const cors = start(["mymodel"], { directory: shipped, environment: { CORS_ORIGIN: "https://app.example.com" } });
    for (const reply of [
      await cors.post("/mymodel", body),
      await cors.post("/mymodel", "{"),
      await cors.get("/v2/nothing"),
    ]) {
      expect(reply.headers).to.include({ "Access-Control-Allow-Origin": "https://app.example.com", Vary: "Origin" });
      // When to try again, and which model answered: without these, pages see neither.
      expect(reply.headers["Access-Control-Expose-Headers"]!.split(", ")).to.include.members([
        "Model-Version",
        "Retry-After",
      ]);
    }
    const any = await start(["mymodel"], { directory: shipped, environment: { CORS_ORIGIN: "*" } }).get("/v2");
    expect(any.headers).to.include({ "Access-Control-Allow-Origin": "*" }).and.not.have.property("Vary");
    expect((await start(["mymodel"], { directory: shipped }).get("/v2")).headers).to.not.have.property(
      "Access-Control-Allow-Origin",
    );
  });

  it("names the caller's origin if it is one of several, and no other, on every answer", async () => {
    const [one, other] = ["https://app.example.com", "https://admin.example.com:8443"];
    const cors = start(["mymodel"], { directory: shipped, environment: { CORS_ORIGIN: `${one},${other}` } });
    for (const [origin, named] of [
      [one, one],
      [other, other],
      ["https://app.example.com.evil.example", undefined],
      ["https://app.example.com,https://admin.example.com:8443", undefined],
      [undefined, undefined],
    ]) {
      const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin };
      for (const sentBody of [body, "{"]) {
        const { headers: sent } = await cors.post("/mymodel", sentBody, headers);
        expect(sent["Access-Control-Allow-Origin"], origin).to.equal(named);
        expect(sent).to.include({ Vary: "Origin" });
      }
    }
  });

  describe("the log", () => {
    const secrets = /swordfish|key-value|eyJhbGciOi/;

    it("has one line a request, which is a metrics record too", async () => {
      const { lines } = await fn.send(restEvent("POST", "/mymodel", Buffer.from(body)));
      expect(lines).to.have.length(1);
      const line = JSON.parse(lines[0]!) as Record<string, unknown>;
      expect(line).to.deep.include({
        level: "info",
        route: "POST /mymodel",
        model: "mymodel",
        status: 200,
        requestId: "request-1",
        principal: "key-id",
        client: "key-id",
      });
      expect(line["ms"]).to.be.within(0, 1000);
      const { _aws: aws, ...values } = line as {
        _aws: {
          Timestamp: number;
          CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
        };
      };
      expect(aws.Timestamp).to.be.closeTo(Date.now(), 60_000);
      const [directive] = aws.CloudWatchMetrics;
      expect(directive!.Namespace).to.equal("model-serving");
      // Every dimension and metric that the record names must stand at its root, or CloudWatch drops the record.
      for (const name of [...directive!.Dimensions.flat(), ...directive!.Metrics.map(({ Name }) => Name)])
        expect(values).to.have.property(name);
      expect(values).to.include({ Model: "mymodel", Requests: 1, ClientErrors: 0, ServerErrors: 0 });
    });

    it("never has a body, a key, a token, or a name that the client made up", async () => {
      const event = restEvent("POST", "/v2/models/swordfish/infer", Buffer.from('{"swordfish":"swordfish"'), {
        Authorization: "Bearer eyJhbGciOi",
        "x-api-key": "key-value",
      });
      for (const sent of [
        event,
        { ...event, resource: "/{proxy+}", path: "/swordfish" },
        { ...restEvent("POST", "/mymodel", Buffer.from('{"instances":["swordfish"],"swordfish":swordfish}')) },
      ]) {
        const { lines, answer } = await fn.send(sent);
        expect(lines.join("")).to.not.match(secrets);
        expect(answer.body).to.not.match(secrets);
      }
      const unknown = JSON.parse((await fn.send(event)).lines[0]!) as Record<string, unknown>;
      expect(unknown).to.include({ model: "unknown", Model: "unknown", code: "unknown-model", ClientErrors: 1 });
    });

    const principals: [what: string, context: object, principal: string, client: string][] = [
      ["a Lambda authorizer", { authorizer: { principalId: "p", subject: "s", client: "c" } }, "s", "c"],
      ["an HTTP API's Lambda authorizer", { authorizer: { lambda: { subject: "s", client: "c" } } }, "s", "c"],
      ["Cognito", { authorizer: { claims: { sub: "s", client_id: "c" } } }, "s", "c"],
      ["an HTTP API's JWT authorizer", { authorizer: { jwt: { claims: { sub: "s", azp: "c" } } } }, "s", "c"],
      ["IAM", { identity: { userArn: "arn:aws:iam::1:user/u" } }, "arn:aws:iam::1:user/u", ""],
      ["an HTTP API's IAM", { authorizer: { iam: { userArn: "arn:u" } } }, "arn:u", ""],
      ["a client certificate", { authentication: { clientCert: { subjectDN: "CN=c" } } }, "CN=c", ""],
      ["nobody", { authorizer: null, identity: "x" }, "", ""],
      ["an endless claim", { authorizer: { claims: { sub: "s".repeat(10_000) } } }, "s".repeat(256), ""],
    ];
    for (const [what, context, principal, client] of principals) {
      it(`names who ${what} let in`, async () => {
        const event = restEvent("GET", "/v2", undefined);
        const { lines } = await fn.send({ ...event, requestContext: { requestId: "r", ...context } });
        expect(JSON.parse(lines[0]!)).to.include({ principal, client });
      });
    }

    it("carries no metrics where no namespace is set", async () => {
      const plain = start(["mymodel"], { directory: shipped, environment: { METRICS_NAMESPACE: "" } });
      expect((await plain.get("/v2")).log).to.not.have.property("_aws");
    });
  });

  describe("the default model", () => {
    it("is the one that is set, else none", async () => {
      const rows = { instances: [[1, 2]] };
      expect(
        (
          await start(["add", "identity-fp32"], { environment: { DEFAULT_MODEL: "identity-fp32" } }).post(
            "/mymodel",
            rows,
          )
        ).status,
      ).to.equal(200);
      const none = await start(["add", "identity-fp32"], { environment: { DEFAULT_MODEL: "gone" } }).post(
        "/mymodel",
        rows,
      );
      expect([none.status, none.json["error"]]).to.deep.equal([
        404,
        "no default model: 2 models are served, and the default is none of them",
      ]);
    });
  });

  describe("a model file that is not what was pinned", () => {
    const copy = (): string => {
      const directory = mkdtempSync(path.join(tmpdir(), "models-"));
      cpSync(path.join(fixtures, "external"), path.join(directory, "external"), { recursive: true });
      return directory;
    };
    const input = { inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 1, 1, 1] }] };
    const spoil: Record<string, (directory: string) => void> = {
      "the model is changed": (directory) =>
        cpSync(path.join(fixtures, "add/model.onnx"), path.join(directory, "external/model.onnx")),
      "its weights are changed": (directory) =>
        writeFileSync(path.join(directory, "external/weights.bin"), Buffer.alloc(64)),
      "its weights are missing": (directory) => rmSync(path.join(directory, "external/weights.bin")),
    };
    for (const [what, change] of Object.entries(spoil)) {
      it(`is refused: ${what}`, async () => {
        const directory = copy();
        const manifest = pin(directory, ["external"]);
        change(directory);
        const reply = await start(["external"], { directory, manifest }).post("/v2/models/external/infer", input);
        expect(reply.status).to.equal(503);
        expect(reply.json["error"]).to.not.match(/pinned|weights|models-/);
        expect(reply.log).to.include({ code: "model-unavailable", level: "error", ServerErrors: 1 });
        expect(reply.log["cause"]).to.match(/external\/\S+ is not the pinned file|ENOENT/);
      });
    }

    it("is refused where its weights are not pinned with it", async () => {
      const directory = copy();
      const manifest = pin(directory, ["external"]);
      const { files } = manifest.models["external"]!;
      const only = files.filter(({ path: file }) => file === "model.onnx");
      const unpinned = { models: { external: { digest: only[0]!.sha256, files: only } } };
      expect((await start(["external"], { directory, manifest: unpinned }).get("/v2/health/ready")).status).to.equal(
        503,
      );
    });

    it("is refused where the digest of the whole is not that of its files", async () => {
      const manifest = pin(fixtures, ["external"]);
      const wrong = { models: { external: { ...manifest.models["external"]!, digest: "0".repeat(64) } } };
      expect((await start(["external"], { manifest: wrong }).get("/v2/models/external")).status).to.equal(503);
    });
  });
});
