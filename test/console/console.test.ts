import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { CallLog } from "../../console/call-log";
import { gateTexts } from "../../console/page/gate-texts";
import { resourceView } from "../../console/resource-view";
import { type Console, openConsole } from "../../console/server";
import type {
  Answered,
  CallsFrame,
  CallView,
  ExampleView,
  KeysView,
  MatrixView,
  ModelView,
  ResourceSummary,
  ResourceView,
  RotationStep,
  StackView,
} from "../../console/wire";
import { projectRoot } from "../../graph/evaluate";
import { type LocalRun, startRun } from "../../local/run/run";
import type { RunLog } from "../../local/run/run-log";

const set = {
  ...{ httpApi: true, auth0Authorizer: true, secrets: true, firewall: true },
  ...{ apiRateLimit: 10_000, apiBurstLimit: 5_000, keyRateLimit: 10_000, keyBurstLimit: 5_000 },
};

describe("Console", function () {
  this.timeout(300_000);
  let run: LocalRun;
  let opened: Console;
  let calls: CallLog;
  let [base, token] = ["", ""];
  /** Everything that the console has sent. */
  const sent: string[] = [];

  before(async () => {
    calls = new CallLog();
    const log: RunLog = { function: (line) => calls.line(line), access: () => undefined, error: () => undefined };
    run = await startRun({ stack: "dev", set, port: 0, log, watch: (call) => calls.keep(call) });
    opened = await openConsole({ run, set, log: calls, port: 0 });
    const url = new URL(opened.url);
    [base, token] = [url.origin, url.searchParams.get("token")!];
  });
  after(async () => {
    await opened.close();
    await run.close();
  });

  async function ask<T>(path: string, body?: unknown, expected = 200): Promise<T> {
    const response = await fetch(base + path, {
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    const text = await response.text();
    sent.push(text, JSON.stringify([...response.headers]));
    expect(response.status, text).to.equal(expected);
    return JSON.parse(text) as T;
  }

  const cellOf = async (matching: Partial<MatrixView["cells"][number]>) => {
    const { cells } = await ask<MatrixView>("/api/matrix");
    return cells.find((cell) => Object.entries(matching).every(([name, value]) => cell[name as "api"] === value))!;
  };
  const post = { method: "POST", place: "route" };

  it("says what runs", async () => {
    const stack = await ask<StackView>("/api/stack");
    expect(stack.stack).to.equal("dev");
    expect(Object.fromEntries(stack.modules.map(({ name, on }) => [name, on]))).to.deep.equal({
      ...{ apiGateway: true, auth0Authorizer: true, httpApi: true, secrets: true, sagemaker: false },
    });
    expect(stack.apis.map(({ name }) => name)).to.have.members(["apiGateway", "auth0Authorizer", "httpApi"]);
    expect(stack.models).to.deep.equal(["mymodel"]);
  });

  it("sends a prediction, and shows each of its gates in AWS's order", async () => {
    const cell = await cellOf({ api: "auth0Authorizer", ...post, credential: "all right" });
    const { v2 } = await ask<ExampleView>("/api/example?model=mymodel");
    const answered = await ask<Answered>(`/api/cells/${cell.id}`, { text: v2, model: "mymodel" });
    expect(answered).to.include({ status: 200, expected: 200, outcome: "as expected" });
    expect(JSON.parse(answered.text!).outputs[0].name).to.equal("label");
    const call = await ask<CallView>(`/api/calls/${answered.call}`);
    expect(call.gates.map(({ name, verdict }) => `${name} ${verdict}`)).to.deep.equal([
      ...["webAcl passed", "methodSelection passed", "authorization passed", "usagePlan passed"],
      ...["requestValidation passed", "integration answered"],
    ]);
    for (const { name } of call.gates) expect(gateTexts, name).to.have.property(name);
    expect(call.request.text).to.equal(v2);
    // The line of a function comes when it comes.
    for (let tries = 0; tries < 100 && calls.linesAbout(call.requestId!).length === 0; tries++)
      await new Promise((wake) => setTimeout(wake, 50));
    const { lines } = await ask<CallView>(`/api/calls/${answered.call}`);
    expect(lines.join()).to.contain(call.requestId);
    const names = (gate: string) =>
      call.gates.find(({ name }) => name === gate)!.resources.map((urn) => urn.split("::").at(-1));
    expect(names("webAcl")).to.deep.equal(["firewall-acl"]);
    expect(names("authorization")).to.have.members(["auth0Authorizer-api", "auth0Authorizer-authorizer-function"]);
    expect(names("integration")).to.deep.equal(["model-function"]);
  });

  it("shows why a call was refused, which its caller never sees", async () => {
    const cell = await cellOf({ api: "auth0Authorizer", ...post, credential: "wrong audience" });
    const answered = await ask<Answered>(`/api/cells/${cell.id}`, {});
    expect(answered.outcome).to.equal("as expected");
    const call = await ask<CallView>(`/api/calls/${answered.call}`);
    expect(call.gates.at(-1)).to.include({ name: "authorization", verdict: "refused" });
    expect(call.reason).to.be.a("string").and.not.equal("");
    expect(answered.text).to.not.contain(call.reason);
  });

  it("tells of a call that never reached an API where it ended", async () => {
    const { cells } = await ask<MatrixView>("/api/matrix");
    const { id } = cells.find(({ place }) => place === "another stage")!;
    await ask<Answered>(`/api/cells/${id}`, {});
    const last = [...calls.all()].at(-1)!;
    const call = await ask<CallView>(`/api/calls/${last.id}`);
    expect(call).to.include({ gate: "endpoint", reason: "the path is not of this stage" });
  });

  it("sends every cell of the matrix that can be tried, and is answered as it says", async () => {
    const { cells } = await ask<MatrixView>("/api/matrix");
    const wrong: string[] = [];
    for (const { id, api, method, path, credential, place } of cells.filter((_, index) => index % 7 === 0)) {
      const response = await fetch(`${base}/api/cells/${id}`, {
        ...{ method: "POST", body: "{}", headers: { authorization: `Bearer ${token}` } },
      });
      const text = await response.text();
      sent.push(text);
      if (response.status === 409) expect(text).to.match(/would use up the quota|does not offer/);
      else if ((JSON.parse(text) as Answered).outcome !== "as expected")
        wrong.push(`${api} ${method} ${path} ${place} ${credential}: ${text}`);
    }
    expect(wrong).to.deep.equal([]);
  });

  it("sends a call of the timeline again, with its own credentials", async () => {
    const cell = await cellOf({ api: "httpApi", ...post, credential: "all right" });
    const first = await ask<Answered>(`/api/cells/${cell.id}`, {});
    const again = await ask<Answered>(`/api/calls/${first.call}/replay`, {});
    expect(again.status).to.equal(200);
    expect(again.call).to.be.greaterThan(first.call!);
    expect(again.text).to.equal(first.text);
  });

  it("sends it again with another body, and shows what became of that", async () => {
    const cell = await cellOf({ api: "httpApi", ...post, credential: "all right" });
    const first = await ask<Answered>(`/api/cells/${cell.id}`, {});
    const again = await ask<Answered>(`/api/calls/${first.call}/replay`, { text: "{" });
    expect(again.status).to.equal(400);
    expect((await ask<CallView>(`/api/calls/${again.call}`)).request.text).to.equal("{");
  });

  it("lists the models, and rotates an API key step by step", async () => {
    const models = await ask<ModelView[]>("/api/models");
    expect(models.map(({ name, state }) => `${name} ${state}`)).to.deep.equal(["mymodel READY"]);
    const before = await ask<KeysView>("/api/keys");
    const [secret] = before.secrets;
    const steps = await ask<RotationStep[]>(`/api/keys/${secret!.client}/rotate`, {});
    expect(steps.map(({ step, outcome }) => `${step} ${outcome}`)).to.deep.equal([
      ...["createSecret done", "setSecret done", "testSecret done", "finishSecret done"],
    ]);
    const after = await ask<KeysView>("/api/keys");
    expect(after.keys.length).to.equal(before.keys.length + 1);
    expect(after.keys.filter(({ current }) => current)).to.have.length(1);
    await ask("/api/keys/nobody/rotate", {}, 409);
  });

  it("opens each resource with its inputs, what may reach it and what the policy pack says, without its secrets", async () => {
    const resources = await ask<ResourceSummary[]>("/api/resources");
    expect(resources.length).to.equal(run.graph.resources.length);
    const open = (urn: string) => ask<ResourceView>(`/api/resources/${encodeURIComponent(urn)}`);
    const ofType = (type: string) => open(resources.find((one) => one.type === type)!.urn);
    for (const { urn } of resources) await open(urn);
    const secret = await ofType("aws:secretsmanager/secret:Secret");
    expect(secret.reachedBy.flatMap(({ actions }) => actions)).to.include("secretsmanager:GetSecretValue");
    expect(secret.dependents).to.not.deep.equal([]);
    const acl = await ofType("aws:wafv2/webAcl:WebAcl");
    expect(acl.inputs).to.have.property("rules");
    const [file, line] = acl.line!.split(":");
    expect(readFileSync(join(projectRoot, file!), "utf8").split("\n")[Number(line) - 1]).to.contain("WebAcl(");
    const [first] = run.graph.resources.filter(({ inputs }) => typeof inputs.name === "string");
    const resource = { ...first!, secrets: ["inputs.name"] };
    const hidden = resourceView(resource.urn, { ...run.graph, resources: [resource] }, [], [], new Map());
    expect(hidden.inputs).to.include({ name: "[secret]" });
    await ask("/api/resources/urn:none", undefined, 409);
  });

  it("tells of every call while it is watched", async () => {
    const stopped = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${base}/api/calls`, { headers, signal: stopped.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const seen = () =>
      text
        .split("\n")
        .slice(0, -1)
        .flatMap((line) => {
          const frame = JSON.parse(line) as CallsFrame;
          return "calls" in frame ? frame.calls : [];
        });
    const cell = await cellOf({ api: "apiGateway", ...post, credential: "wrong key" });
    const { call } = await ask<Answered>(`/api/cells/${cell.id}`, {});
    while (!seen().some(({ id }) => id === call)) text += (await reader.read()).value;
    expect(seen().find(({ id }) => id === call)).to.include({ reason: "the API key is unknown", status: 403 });
    sent.push(text);
    stopped.abort();
  });

  it("says what is wrong with a request to it, and what to do", async () => {
    const problem = async (path: string, body: unknown, status: number) =>
      (await ask<{ error: string }>(path, body, status)).error;
    expect(await problem("/api/calls/999999", undefined, 409)).to.contain("no longer kept");
    expect(await problem("/api/cells/999999", {}, 409)).to.contain("no such cell");
    expect(await problem("/api/cells/0", [], 409)).to.contain("no JSON object");
    expect(await problem("/api/nothing", undefined, 404)).to.contain("nothing at this address");
    expect(await problem("/../graph/evaluate.ts", undefined, 404)).to.contain("nothing at this address");
  });

  describe("against others", () => {
    /** Sends it as it is, where fetch would not. */
    const raw = (options: { headers: Record<string, string>; path?: string; method?: string }) =>
      new Promise<number>((resolve, reject) => {
        const { hostname, port } = new URL(base);
        request({ hostname, port, path: "/api/stack", ...options }, (response) => {
          response.resume().on("end", () => resolve(response.statusCode!));
        })
          .on("error", reject)
          .end(options.method === "POST" ? "{}" : undefined);
      });

    it("gives nothing without the token, nor to another site or name", async () => {
      const authorization = `Bearer ${token}`;
      const { host } = new URL(base);
      expect(await raw({ headers: { host, authorization } })).to.equal(200);
      expect(await raw({ headers: { host } })).to.equal(401);
      expect(await raw({ headers: { host: "attacker.example", authorization } })).to.equal(421);
      expect(await raw({ headers: { host, authorization, origin: "https://attacker.example" } })).to.equal(403);
      expect(await raw({ headers: { host, authorization, "sec-fetch-site": "cross-site" } })).to.equal(403);
      const form = { host, "content-type": "application/x-www-form-urlencoded", origin: "https://attacker.example" };
      expect(await raw({ headers: form, path: "/api/cells/0", method: "POST" })).to.equal(403);
      expect(await raw({ headers: { host }, path: `/api/stack?token=${token}` })).to.equal(401);
    });

    it("answers no other site's preflight, and opens no WebSocket", async () => {
      const { host } = new URL(base);
      const preflight = { host, origin: "https://attacker.example", "access-control-request-method": "POST" };
      expect(await raw({ headers: preflight, method: "OPTIONS" })).to.equal(403);
      const upgrade = { host, connection: "upgrade", upgrade: "websocket", origin: "https://attacker.example" };
      expect(await raw({ headers: upgrade })).to.equal(403);
    });

    it("listens to this machine alone", async () => {
      const { port } = new URL(base);
      const other = await new Promise<string>((resolve) => {
        const socket = connect({ host: "127.0.0.2", port: Number(port) });
        socket.on("connect", () => resolve("connected")).on("error", (error) => resolve(error.name));
      });
      expect(other).to.equal("Error");
    });

    it("lets the page run no script but its own file, and no style", async () => {
      const response = await fetch(`${base}/`);
      const html = await response.text();
      expect(response.headers.get("content-security-policy")).to.match(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(html).to.not.match(/<script(?![^>]*src=)|\son\w+=|\sstyle=|<style/);
      for (const file of ["/app.js", "/style.css", "/icon.svg"])
        expect((await fetch(base + file)).status).to.equal(200);
      const script = await (await fetch(`${base}/app.js`)).text();
      expect(script).to.not.match(/\beval\(|\bFunction\(|https?:\/\/(?!www\.w3\.org)/);
      sent.push(html, script);
    });

    it("sends no credential, in no frame", () => {
      const all = sent.join("\n");
      expect(all.length).to.be.greaterThan(50_000);
      const secrets = run.apis.flatMap(({ credentials: { apiKey, token, clientSecret, secretAccessKey } }) => [
        ...[apiKey, token, clientSecret, secretAccessKey],
      ]);
      secrets.push(
        ...run.aws!.secrets.map(({ client }) => run.aws!.currentKey(client)),
        run.identities.caller.secretAccessKey,
      );
      const known = secrets.filter((secret) => secret !== undefined);
      expect(known.length).to.be.greaterThan(4);
      for (const secret of known) expect(all.includes(secret), secret.slice(0, 4)).to.equal(false);
      expect(all).to.not.match(/eyJ[\w-]+\.eyJ/); // A JWT.
      expect(all).to.not.match(/PRIVATE KEY/);
      expect(all.includes(token)).to.equal(false);
    });

    it("shows text as text: the page writes no markup", () => {
      const sources = [
        "access",
        "app",
        "call-detail",
        "calls",
        "message",
        "models",
        "overview",
        "resources",
        "try",
      ].map((name) => readFileSync(join(projectRoot, `console/page/${name}.tsx`), "utf8"));
      expect(sources.join()).to.not.match(/dangerouslySetInnerHTML|innerHTML|insertAdjacent|document\.write/);
    });
  });
});
