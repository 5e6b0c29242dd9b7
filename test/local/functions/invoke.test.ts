import { join } from "node:path";
import { expect } from "chai";
import type { FunctionError } from "../../../local/functions/runtime/messages";
import { arnOf, graphOf, lambda, Running } from "./program";

const patient = { timeoutMs: 600_000 };

describe("a local function", () => {
  let running: Running;
  beforeEach(() => (running = new Running()));
  afterEach(() => running.stop());

  async function invoke(code: string, event: unknown = {}, inputs: Record<string, unknown> = {}) {
    const functions = await running.start(graphOf(lambda("one", code, inputs)));
    return functions.invoke(arnOf("one"), event, patient);
  }

  it("gets the event and returns its result, with JSON's semantics", async () => {
    const code = "exports.handler = async (event) => ({ event, gone: undefined, date: new Date(0), nan: NaN })";
    const event = { text: "käse \ud800 \u2028", number: 1.5, absent: undefined, list: [undefined] };
    expect(await invoke(code, event)).to.deep.equal({
      kind: "result",
      payload: {
        event: { text: "käse \ud800 \u2028", number: 1.5, list: [null] },
        date: "1970-01-01T00:00:00.000Z",
        nan: null,
      },
    });
  });

  it("answers null where the handler returns nothing", async () => {
    expect(await invoke("exports.handler = async () => {}")).to.deep.equal({ kind: "result", payload: null });
  });

  it("may take a callback, and may not on a runtime that has none", async () => {
    const code = "exports.handler = (event, context, done) => { setTimeout(() => done(null, event), 5) }";
    expect(await invoke(code, 7)).to.deep.equal({ kind: "result", payload: 7 });
    await running.functions.close();
    const start = running.start(graphOf(lambda("one", code, { runtime: "nodejs24.x" })));
    expect(await rejection(start)).to.match(/Runtime\.CallbackHandlerDeprecated/);
  });

  it("may be an ECMAScript module", async () => {
    const code = {
      archive: {
        files: { "index.mjs": { asset: { text: "export const handler = async () => import.meta.url.slice(-9)" } } },
      },
    };
    expect(await invoke("", {}, { code })).to.deep.equal({ kind: "result", payload: "index.mjs" });
  });

  for (const { what, of, size } of [
    { what: "small", of: "c21hbGw=", size: 1 },
    { what: "large", of: "bGFyZ2Ux", size: 500_000 },
  ]) {
    it(`gets and returns a ${what} base64 body as it is, in its place`, async () => {
      const code = "exports.handler = async (event) => ({ ...event, keys: Object.keys(event).join() })";
      const event = { first: 1, body: of.repeat(size), isBase64Encoded: true, last: 2 };
      expect(await invoke(code, event)).to.deep.equal({
        kind: "result",
        payload: { ...event, keys: "first,body,isBase64Encoded,last" },
      });
    });
  }

  it("gets a large body that only claims to be base64 as it is", async () => {
    for (const text of ['"\\\u0000', "é", "\ud800", "漢"]) {
      const event = { body: text.repeat(20_000), isBase64Encoded: true };
      expect(await invoke("exports.handler = async (event) => event", event)).to.deep.equal({
        kind: "result",
        payload: event,
      });
      await running.functions.close();
    }
  });

  it("answers what the handler throws by type and message", async () => {
    const code =
      "exports.handler = async () => { class Unlucky extends Error { name = 'Unlucky' }; throw new Unlucky('no') }";
    const { trace, ...error } = (await invoke(code)) as FunctionError;
    expect(error).to.deep.equal({ kind: "error", errorType: "Unlucky", errorMessage: "no" });
    // The lines of the stack, as in nodejs24.x (recorded on AWS: LocalStack's test_uncaught_exception_invoke).
    expect(trace![0]).to.match(/^(Error|Unlucky): no$/);
    expect(trace![1]).to.match(/^ +at /);
    expect(await running.functions.invoke(arnOf("one"), {}, patient)).to.include({ errorType: "Unlucky" });
  });

  it("survives whatever is thrown", async () => {
    const code = `const things = [null, undefined, 7, "text", Symbol("s"), { name: 1 }, new Proxy({}, { get() { throw 1 } }),
      Object.defineProperty(new Error(), "message", { get() { throw new Error("again") } })];
      exports.handler = async (at) => { throw things[at] }`;
    await invoke(code, 0);
    for (let at = 0; at < 8; at++)
      expect((await running.functions.invoke(arnOf("one"), at, patient)).kind).to.equal("error");
  });

  it("answers Runtime.JSONStringifyError for a result that JSON cannot say, and lives on", async () => {
    const code =
      "let calls = 0; exports.handler = async (event) => { calls++; if (event.good) return calls; const a = {}; a.a = a; return event.big ? 1n : a }";
    expect(await invoke(code)).to.include({ kind: "error", errorType: "Runtime.JSONStringifyError" });
    expect(await running.functions.invoke(arnOf("one"), { big: true }, patient)).to.include({
      errorType: "Runtime.JSONStringifyError",
    });
    expect(await running.functions.invoke(arnOf("one"), { good: true }, patient)).to.deep.equal({
      kind: "result",
      payload: 3,
    });
  });

  it("rejects events over 6 MB, to the byte", async () => {
    const limit = 6 * 1024 * 1024;
    const code = "exports.handler = async (event) => event.length";
    expect(await invoke(code, "x".repeat(limit - 2))).to.deep.equal({ kind: "result", payload: limit - 2 });
    expect(await running.functions.invoke(arnOf("one"), "x".repeat(limit - 1), patient)).to.include({
      kind: "error",
      errorType: "RequestEntityTooLargeException",
    });
    const large = { body: "A".repeat(limit), isBase64Encoded: true };
    expect(await running.functions.invoke(arnOf("one"), large, patient)).to.include({
      errorType: "RequestEntityTooLargeException",
    });
  });

  it("rejects responses over the limit, and lives on", async () => {
    const code = "exports.handler = async (size) => size > 0 ? 'x'.repeat(size) : 'alive'";
    const limit = 6 * 1024 * 1024 + 100;
    expect(await invoke(code, limit - 2)).to.include({ kind: "result" });
    expect(await running.functions.invoke(arnOf("one"), limit - 1, patient)).to.include({
      errorType: "Function.ResponseSizeTooLarge",
    });
    expect(await running.functions.invoke(arnOf("one"), 0, patient)).to.deep.equal({
      kind: "result",
      payload: "alive",
    });
  });

  it("does not reject for an event that is not JSON, or an ARN that nobody has", async () => {
    expect(await invoke("exports.handler = async () => 1", 1n)).to.include({
      kind: "error",
      errorType: "InvalidRequestContentException",
    });
    expect(await running.functions.invoke(arnOf("other"), {}, patient)).to.include({
      kind: "error",
      errorType: "ResourceNotFoundException",
    });
    expect(() => running.functions.assertKnown(arnOf("other"))).to.throw("no function or alias");
  });

  it("sees Lambda's context", async () => {
    const code = `exports.handler = async (event, context) => ({ ...context, remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID })`;
    const answer = await invoke(code, {}, { memorySize: 512 });
    const payload = (answer as { payload: Record<string, unknown> }).payload;
    expect(payload).to.include({
      functionName: "one",
      functionVersion: "$LATEST",
      invokedFunctionArn: arnOf("one"),
      memoryLimitInMB: "512",
      logGroupName: "/aws/lambda/one",
    });
    expect(payload["awsRequestId"]).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(payload["trace"]).to.match(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
    expect(payload["remaining"]).to.be.within(600_000, 900_000);
  });

  it("has exactly Lambda's environment and its own: nothing of the gateway's", async () => {
    process.env["A_SECRET_OF_THE_GATEWAY"] = "leaked";
    try {
      const functions = await running.start(
        graphOf(
          lambda("one", "exports.handler = async () => process.env", {
            environment: { variables: { MODELS_DIR: "/opt/models", OTHER: "/optional" } },
          }),
        ),
        { variables: { NODE_EXTRA_CA_CERTS: "/dev/null" } },
      );
      const { payload } = (await functions.invoke(arnOf("one"), {}, patient)) as { payload: Record<string, string> };
      expect(Object.keys(payload).sort()).to.deep.equal([
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_REGION",
        "LAMBDA_TASK_ROOT",
        "LANG",
        "LOCPATH",
        "MODELS_DIR",
        "NODE_EXTRA_CA_CERTS",
        "NODE_PATH",
        "OTHER",
        "PATH",
        "TZ",
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
      ]);
      expect(payload).to.include({
        AWS_REGION: "eu-west-1",
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
        OTHER: "/optional",
        _HANDLER: "index.handler",
      });
      expect(payload["MODELS_DIR"]).to.match(/^\/.+\/code\/[0-9a-f]{32}\/models$/);
      expect(JSON.stringify(payload)).not.to.contain("leaked");
    } finally {
      delete process.env["A_SECRET_OF_THE_GATEWAY"];
    }
  });

  it("finds the locales that Lambda has, and a layer's, but none of this machine's", async function () {
    if (process.platform !== "linux") this.skip();
    const code = `const { execFileSync } = require("node:child_process");
      exports.handler = async (LC_ALL) => ({
        found: require("node:fs").readdirSync(process.env.LOCPATH),
        charmap: execFileSync("locale", ["charmap"], { env: { ...process.env, LC_ALL }, stdio: "pipe" }).toString().trim(),
      })`;
    const functions = await running.start(graphOf(lambda("one", code)));
    const charmapOf = async (locale: string, name = "one") =>
      ((await functions.invoke(arnOf(name), locale, patient)) as { payload: { found: string[]; charmap: string } })
        .payload;
    expect((await charmapOf("C.UTF-8")).found).to.deep.equal(["C.utf8"]);
    expect((await charmapOf("C.UTF-8")).charmap).to.equal("UTF-8");
    expect((await charmapOf("C")).charmap).to.equal("ANSI_X3.4-1968");
    // Nothing says UTF-8 to a program that takes the locale of the environment, either.
    expect((await charmapOf("en_US.UTF-8")).charmap).to.equal("ANSI_X3.4-1968");
  });

  it("takes the locales of a layer that its LOCPATH names", async () => {
    const variables = { LOCPATH: "/opt/locale" };
    const code = "exports.handler = async () => process.env.LOCPATH";
    const { payload } = (await invoke(code, {}, { environment: { variables } })) as { payload: string };
    expect(payload).to.match(/\/code\/[0-9a-f]{32}\/locale$/);
  });

  it("has Lambda's PATH, time zone and umask", async () => {
    const code = `const fs = require("node:fs");
      exports.handler = async (file) => {
        fs.writeFileSync(file, "");
        return [process.env.PATH, process.env.TZ, new Date(0).getTimezoneOffset(), fs.statSync(file).mode & 0o777];
      }`;
    const before = process.umask(0);
    try {
      const { payload } = (await invoke(code, join(running.directory, "written"))) as { payload: unknown[] };
      expect(payload[0]).to.match(/^\/var\/lang\/bin:\/usr\/local\/bin:\/usr\/bin\/:\/bin:\/.+\/bin$/);
      expect(payload.slice(1)).to.deep.equal([":UTC", 0, 0o644]);
    } finally {
      process.umask(before);
    }
  });

  it("cannot set the variables that Lambda reserves", async () => {
    const variables = { AWS_LAMBDA_FUNCTION_NAME: "forged", _HANDLER: "other.handler" };
    const code = "exports.handler = async () => process.env.AWS_LAMBDA_FUNCTION_NAME";
    expect(await invoke(code, {}, { environment: { variables } })).to.deep.equal({ kind: "result", payload: "one" });
  });

  it("has no channel to the gateway but its calls", async () => {
    const code =
      "exports.handler = async () => [typeof process.send, typeof process.disconnect, process.env.NODE_CHANNEL_FD ?? null]";
    expect(await invoke(code)).to.deep.equal({ kind: "result", payload: ["undefined", "undefined", null] });
  });

  it("writes to the log, not to the gateway's own output, and noise does not disturb its answer", async () => {
    const code = `exports.handler = async () => { console.log("one\\ntwo"); process.stdout.write("ü".repeat(300000) + "\\n"); console.error("three"); process.stdout.write("rest"); return 1 }`;
    expect(await invoke(code)).to.deep.equal({ kind: "result", payload: 1 });
    await running.functions.close();
    const out = running.lines.filter(({ stream }) => stream === "stdout").map(({ text }) => text);
    expect(out.slice(0, 2)).to.deep.equal(["one", "two"]);
    expect(out.slice(2, -1).join("")).to.equal("ü".repeat(300_000));
    expect(out.at(-1)).to.equal("rest");
    expect(running.lines.filter(({ stream }) => stream === "stderr")).to.deep.equal([
      { functionName: "one", stream: "stderr", text: "three" },
    ]);
  });
});

async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return String(error);
  }
  throw new Error("it did not reject");
}
