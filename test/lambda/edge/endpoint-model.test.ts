import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import path from "node:path";
import { expect } from "chai";
import { Failure } from "../../../lambda/core/failure";
import { parsePins, type PinnedModel } from "../../../lambda/core/publish/pinned-model";
import {
  type EndpointCall,
  endpointOutcomes,
  type Inferred,
  type Invocation,
} from "../../../lambda/core/tensor/signature";
import { EndpointModel } from "../../../lambda/edge/endpoint-model";
import { type Answer, atEndpoints, openRuntime, refuse, refuseByEngine, type RunningEndpoint } from "../an-endpoint";
import { fixtures } from "../function";

const clock = () => performance.now();
const mediaType = "application/vnd.sagemaker-triton.binary+json;json-header-size=";

describe("Functions: the client of endpoints", () => {
  let runtime: RunningEndpoint;
  let model: EndpointModel;
  let pinned: PinnedModel;
  let digest: string;
  let kept: NodeJS.ProcessEnv;
  const calls: EndpointCall[] = [];
  /** What callers were told, of each outcome. */
  const told = new Set<string>();
  before(async () => {
    const made = await atEndpoints(fixtures, ["identity-fp32"]);
    runtime = await openRuntime(made.engines);
    kept = { ...process.env };
    Object.assign(process.env, runtime.environment);
    pinned = parsePins(JSON.stringify(made.manifest)).get("identity-fp32")!;
    digest = pinned.digest;
    model = new EndpointModel(pinned, pinned.endpoint!, "eu-west-1", clock);
  });
  after(async () => {
    for (const name of Object.keys(runtime.environment))
      if (kept[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = kept[name];
    await runtime.close();
  });
  beforeEach(() => {
    runtime.received.length = 0;
    runtime.next.length = 0;
    calls.length = 0;
  });

  const data = Float32Array.of(1, 2);
  const run = (ms = 5_000, called = model): Promise<Inferred> => {
    const invocation: Invocation = { deadline: clock() + ms, called: (call) => calls.push(call) };
    return called.run([{ name: "x", datatype: "FP32", shape: [1, 2], data }], ["y"], invocation);
  };
  const fault = async (ms?: number, called?: EndpointModel): Promise<Failure> => {
    const failure = await run(ms, called).then(
      () => expect.fail("an answer came"),
      (error: unknown) => error,
    );
    if (!(failure instanceof Failure)) throw failure;
    told.add(`${calls.at(-1)!.outcome} ${failure.code} ${failure.status} ${failure.headers["Retry-After"] ?? "–"}`);
    return failure;
  };
  const outcome = () => calls.map((call) => `${call.outcome} ${call.tries}`).join();

  /** An answer of the engine: JSON, binary data, and what of them is announced. */
  const answer =
    (json: unknown, binary: Buffer, announced?: number | string): Answer =>
    (response) => {
      const head = Buffer.from(typeof json === "string" ? json : JSON.stringify(json));
      const type = typeof announced === "string" ? announced : `${mediaType}${announced ?? head.length}`;
      response.writeHead(200, { "content-type": type }).end(Buffer.concat([head, binary]));
    };
  const two = Buffer.from(data.buffer);
  const output = (change: object = {}) => ({
    model_name: digest,
    outputs: [{ name: "y", datatype: "FP32", shape: [1, 2], parameters: { binary_data_size: 8 }, ...change }],
  });

  it("gives the tensors of an answer, as views of what arrived", async () => {
    const { version, outputs } = await run();
    expect(version).to.equal(digest.slice(0, 12));
    expect(outputs).to.deep.equal([{ name: "y", datatype: "FP32", shape: [1, 2], data }]);
    for (const padding of ["", " ", "  ", "   "]) {
      runtime.next.push(answer(JSON.stringify(output()) + padding, two));
      const [tensor] = (await run()).outputs;
      expect(tensor!.data).to.deep.equal(data);
      const memory = (tensor!.data as Float32Array).buffer;
      expect(memory.byteLength, "not the body's own memory").to.be.greaterThan(8);
    }
    expect(outcome()).to.equal(Array(5).fill("answered 1").join());
  });

  it("reads data in JSON, too, which servers without binary tensors give, and outputs in any order", async () => {
    const json = {
      outputs: [
        { name: "z", datatype: "INT8", shape: [1], data: [1] },
        { name: "y", datatype: "FP32", shape: [1, 2], data: [1, 2] },
      ],
      model_name: digest,
    };
    runtime.next.push(answer(json, Buffer.alloc(0), "application/json"));
    expect((await run()).outputs).to.deep.equal([{ name: "y", datatype: "FP32", shape: [1, 2], data }]);
  });

  const hostile: Readonly<Record<string, () => Answer>> = {
    "too short": () => answer(output(), two.subarray(4)),
    "too long": () => answer(output(), Buffer.concat([two, two])),
    "of another datatype": () => answer(output({ datatype: "INT32" }), two),
    "of a datatype that the protocol has not": () => answer(output({ datatype: "BF16" }), two),
    "of another output": () => answer(output({ name: "other" }), two),
    "of a shape that its bytes do not fill": () => answer(output({ shape: [1, 3] }), two),
    "of a shape that is none": () => answer(output({ shape: [1, -2] }), two),
    "of a shape beyond all memory": () => answer(output({ shape: [4294967296, 4294967296] }), two),
    "with an output twice": () =>
      answer({ ...output(), outputs: [...output().outputs, ...output().outputs] }, Buffer.concat([two, two])),
    "without outputs": () => answer({ model_name: digest }, Buffer.alloc(0)),
    "of no model": () => answer({ ...output(), model_name: undefined }, two),
    "of a model that is no digest": () => answer({ ...output(), model_name: "mymodel" }, two),
    "not JSON": () => answer("<html>", Buffer.alloc(0)),
    "not UTF-8": () => (response) =>
      void response.writeHead(200, { "content-type": `${mediaType}4` }).end(Buffer.from([0x22, 0xff, 0xff, 0x22])),
    empty: () => answer("", Buffer.alloc(0)),
    "nested without end": () => answer(`{"outputs":${"[".repeat(100_000)}`, Buffer.alloc(0)),
    "with a header size beyond the body": () => answer(output(), two, 9_999_999_999),
    "with a header size within the JSON": () => answer(output(), two, 10),
    "with the size of a header that is no number": () => answer(output(), two, `${mediaType}1e3`),
  };
  for (const [kind, made] of Object.entries(hostile))
    it(`takes an answer that is ${kind} for another model's, and says 503`, async () => {
      runtime.next.push(made());
      const failure = await fault();
      expect(failure).to.include({ code: "model-unavailable", status: 503 });
      expect(failure.headers).to.deep.equal({ "Retry-After": "10" });
      expect(outcome()).to.equal("unfit 1");
    });

  const refusals: [what: string, made: () => Answer, code: string, outcome: string][] = [
    [
      "an endpoint that is not there",
      () => refuse(400, "ValidationError", { message: "Endpoint dev-x of account 1 not found." }),
      "model-unavailable",
      "unavailable 1",
    ],
    ["a role that may not", () => refuse(403, "AccessDeniedException"), "model-unavailable", "unavailable 1"],
    ["the service itself", () => refuse(500, "InternalFailure"), "model-unavailable", "unavailable 1"],
    ["an internal dependency", () => refuse(530, "InternalDependencyException"), "model-unavailable", "unavailable 1"],
    ["a balancer in HTML", () => refuse(500, "", "<html>secret</html>"), "model-unavailable", "unavailable 1"],
    [
      "a redirect",
      () => (response) => void response.writeHead(307, { location: "https://127.0.0.1/" }).end(),
      "model-unavailable",
      "unavailable 1",
    ],
    [
      "no instance",
      () => refuse(424, "ModelError", { OriginalStatusCode: 0, OriginalMessage: "could not get a response" }),
      "model-unavailable",
      "unavailable 1",
    ],
    ["an engine that fails", () => refuseByEngine(500, "internal"), "model-unavailable", "unavailable 1"],
    ["an engine without memory", () => refuseByEngine(507, "out of memory"), "model-unavailable", "unavailable 1"],
    [
      "an engine without memory for the answer",
      () => refuseByEngine(400, "onnx runtime error 6: Failed to allocate memory"),
      "model-unavailable",
      "unavailable 1",
    ],
    [
      "an engine without the model",
      () => refuseByEngine(400, "Request for unknown model: 'x' is not found"),
      "model-unavailable",
      "unavailable 1",
    ],
    [
      "an engine of another version",
      () => refuseByEngine(400, `unexpected shape for input 'x' for model '${"0".repeat(64)}'`),
      "model-unavailable",
      "unfit 1",
    ],
    [
      "inputs that the runtime cannot take",
      () => refuseByEngine(400, "onnx runtime error 2: Name:'memory_alloc' Status Message: 42"),
      "refused-by-model",
      "refused 1",
    ],
    [
      "the same, by Triton's own codes",
      () => refuseByEngine(500, "onnx runtime error 2: Status Message: 42"),
      "refused-by-model",
      "refused 1",
    ],
    [
      "a request too large",
      () => refuse(413, "", "HTTP content length exceeded 26214400 bytes."),
      "request-too-large",
      "too-large 1",
    ],
    ["an engine's limit", () => refuseByEngine(413, "too large"), "request-too-large", "too-large 1"],
  ];
  for (const [what, made, code, told] of refusals)
    it(`says ${code} of ${what}, and nothing that was quoted`, async () => {
      runtime.next.push(made());
      const failure = await fault();
      expect(failure.code).to.equal(code);
      expect(outcome()).to.equal(told);
      expect(`${failure.message} ${String(failure.cause)}`).to.not.match(/secret|\b42\b/);
    });

  const passing: [what: string, made: Answer, code: string][] = [
    ["throttling, which AWS says with 400", refuse(400, "ThrottlingException", { message: null }), "model-busy"],
    ["too many requests", refuse(429, "TooManyRequestsException"), "model-busy"],
    ["a model that is not ready", refuse(429, "ModelNotReadyException"), "model-busy"],
    ["an engine whose queue is full", refuseByEngine(400, "Exceeds maximum queue size"), "model-busy"],
    ["an engine that says 503", refuseByEngine(503, "Exceeds"), "model-busy"],
    ["a service that is not available", refuse(503, "ServiceUnavailable"), "model-unavailable"],
    ["a connection that breaks", (response) => void response.destroy(), "model-unavailable"],
    ["one that breaks within the answer", cut, "model-unavailable"],
  ];
  for (const [what, made, code] of passing) {
    it(`tries once more after ${what}`, async () => {
      runtime.next.push(made);
      await run();
      expect(runtime.received).to.have.length(2);
      // A kept connection that breaks is replaced before that counts as a try.
      expect(outcome()).to.match(/^answered [12]$/);
    });
    it(`says ${code} after ${what}, twice`, async () => {
      runtime.next.push(made, made, made, made);
      const failure = await fault();
      expect(failure).to.include({ code, status: 503 });
      expect(failure.headers).to.deep.equal({ "Retry-After": code === "model-busy" ? "1" : "10" });
      expect(outcome()).to.match(/ 2$/);
      expect(runtime.received.length).to.be.within(2, 3);
    });
  }

  it("does not try again what the remaining time is too short for", async () => {
    runtime.next.push(refuse(400, "ThrottlingException", { message: null }));
    expect((await fault(90)).code).to.match(/^model-/);
    expect(calls[0]!.tries).to.equal(1);
    expect((await fault(-1)).message).to.match(/did not answer in time/);
    expect(runtime.received.length).to.be.at.most(1);
  });

  const slow: Readonly<Record<string, Answer>> = {
    silent: () => undefined,
    "ending never": (response) => void response.writeHead(200, { "content-type": `${mediaType}10` }).write("{"),
    "sending single bytes": (response) => {
      response.writeHead(200, { "content-type": `${mediaType}10` });
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    },
  };
  for (const [kind, made] of Object.entries(slow))
    it(`waits no longer than the remaining time for an endpoint that is ${kind}`, async () => {
      runtime.next.push(made);
      const started = clock();
      const failure = await fault(400);
      expect(clock() - started).to.be.within(390, 3_000);
      expect(failure).to.include({ code: "model-unavailable", status: 503 });
      expect(failure.message).to.match(/did not answer in time/);
      expect(outcome()).to.equal("late 1");
      expect((await run()).outputs).to.have.length(1);
    });

  it("reads no answer beyond the limit on its size", async () => {
    runtime.next.push(flood);
    expect((await fault(30_000)).code).to.equal("response-too-large");
    expect(outcome()).to.equal("too-large 1");
  });

  it("sends no request beyond the limit on its size", async () => {
    const large = new Float32Array(25 * 1024 * 256);
    const invocation: Invocation = { deadline: Infinity, called: (call) => calls.push(call) };
    const shape = [1, large.length];
    const failure = await model
      .run([{ name: "x", datatype: "FP32", shape, data: large }], ["y"], invocation)
      .catch((error: unknown) => error);
    expect(failure).to.include({ code: "request-too-large" });
    expect(runtime.received).to.deep.equal([]);
  });

  it("keeps a connection for the next call, and makes a new one of one that died meanwhile, without a pause or an error", async () => {
    await run();
    const before = runtime.connections();
    await run();
    expect(runtime.connections()).to.equal(before);
    // As after a pause in which Lambda froze the function: the other side closed, and nobody has noticed yet.
    runtime.received.at(-1)!.socket.destroy();
    await run();
    runtime.next.push((response, request) => void request.socket.destroy());
    const started = clock();
    await run();
    expect(calls.map(({ tries }) => tries)).to.deep.equal([1, 1, 1, 1]);
    expect(runtime.connections()).to.be.greaterThan(before);
    expect(clock() - started).to.be.lessThan(2_000);
  });

  it("uses no connection again that was idle for long by the wall clock", async () => {
    await run();
    const before = runtime.connections();
    const now = Date.now.bind(Date);
    try {
      // The signature must still be of now.
      Date.now = () => now() + 5_001;
      await run();
    } finally {
      Date.now = now;
    }
    expect(runtime.connections()).to.equal(before + 1);
    expect(calls.map(({ tries }) => tries)).to.deep.equal([1, 1]);
  });

  it("is documented: each outcome, with its status, its codes and when to try again", () => {
    const text = readFileSync(path.join(fixtures, "../../../docs/endpoints.md"), "utf8");
    const rows = [...text.matchAll(/^\| `([\w-]+)` \| .* \| (\d+) \| (.*) \| (\d+|–)(?: s)? \|$/gm)];
    expect(rows.map(([, name]) => name)).to.deep.equal(endpointOutcomes);
    for (const [, name, status, codes, seconds] of rows) {
      const documented = [...codes!.matchAll(/`([\w-]+)`/g)].map(([, code]) => code!);
      const seen = [...told]
        .filter((one) => one.startsWith(`${name} `))
        .map((one) => one.split(" ").slice(1).join(" "));
      expect(seen.sort(), name).to.deep.equal(documented.map((code) => `${code} ${status} ${seconds}`).sort());
    }
  });

  it("sends nothing without credentials, and nothing to a server whose certificate is not verified", async () => {
    const { AWS_ACCESS_KEY_ID } = process.env;
    Reflect.deleteProperty(process.env, "AWS_ACCESS_KEY_ID");
    expect((await fault()).code).to.equal("model-unavailable");
    process.env["AWS_ACCESS_KEY_ID"] = `${AWS_ACCESS_KEY_ID}x`;
    expect((await fault()).code).to.equal("model-unavailable");
    process.env["AWS_ACCESS_KEY_ID"] = AWS_ACCESS_KEY_ID;
    process.env["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = runtime.environment[
      "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"
    ]!.replace("localhost", "127.0.0.1");
    const other = new EndpointModel(pinned, pinned.endpoint!, "eu-west-1", clock);
    expect((await fault(undefined, other)).code).to.equal("model-unavailable");
    Object.assign(process.env, runtime.environment);
    expect(runtime.received).to.have.length(1);
    expect(outcome()).to.equal("unavailable 1,unavailable 1,unavailable 1");
    await run();
  });
});

function cut(response: ServerResponse): void {
  response.writeHead(200, { "content-length": "100", "content-type": `${mediaType}10` });
  response.write("{");
  setTimeout(() => response.destroy(), 20);
}

function flood(response: ServerResponse): void {
  response.writeHead(200, { "content-type": `${mediaType}10` });
  const piece = Buffer.alloc(1024 * 1024, 0x20);
  const more = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", more);
  more();
}
