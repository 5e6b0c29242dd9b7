import { expect } from "chai";
import { CallLog, summaryOf } from "../../console/call-log";
import type { WatchedCall } from "../../local/gateway/gateway";
import { CallTrace } from "../../local/server/call-trace";

function call(body: Buffer, requestId: string): WatchedCall {
  const trace = new CallTrace();
  trace.met("webAcl");
  trace.met("usagePlan");
  trace.known = { requestId, reason: "the API key is unknown" };
  const request = {
    ...{ method: "POST", url: "/dev/mymodel", protocol: "HTTP/1.1", headers: [], body, sourceIp: "127.0.0.1" },
    receivedAt: 1,
  };
  return { target: "apiGateway", request, trace, response: { status: 403, headers: [], body: "" }, ms: 1 };
}

describe("Console: the calls that it keeps", () => {
  it("are the last two thousand, of a hundred thousand", () => {
    const log = new CallLog();
    for (let index = 0; index < 100_000; index++) log.keep(call(Buffer.alloc(0), String(index)));
    const kept = log.all();
    expect(kept).to.have.length(2_000);
    expect(kept.at(-1)!.trace.known.requestId).to.equal("99999");
    expect(log.call(1)).to.equal(undefined);
    expect(log.call(kept[0]!.id)).to.deep.equal(kept[0]);
  });

  it("are fewer where their bodies are large", () => {
    const log = new CallLog();
    const body = Buffer.alloc(10 * 1024 * 1024);
    for (let index = 0; index < 20; index++) log.keep(call(body, String(index)));
    expect(log.all()).to.have.length(6);
    // What is gone is not counted any more.
    for (let index = 0; index < 2_000; index++) log.keep(call(Buffer.alloc(0), String(index)));
    expect(log.all()).to.have.length(2_000);
  });

  it("say in short which gate has answered, and why", () => {
    const log = new CallLog();
    log.keep(call(Buffer.alloc(0), "id"));
    const [summary] = log.all().map(summaryOf);
    expect(summary).to.include({ id: 1, method: "POST", path: "/dev/mymodel", status: 403, gate: "usagePlan" });
    expect(summary!.reason).to.equal("the API key is unknown");
  });

  it("are told together, and to nobody who has stopped", async () => {
    const log = new CallLog();
    const told: number[] = [];
    await new Promise<void>((done) => {
      const stop = log.watch((calls) => {
        told.push(calls.length);
        stop();
        done();
      });
      for (let index = 0; index < 500; index++) log.keep(call(Buffer.alloc(0), String(index)));
    });
    log.keep(call(Buffer.alloc(0), "later"));
    await new Promise((wake) => setTimeout(wake, 200));
    expect(told).to.deep.equal([500]);
  });

  it("come with the log lines about them, of which the last ones are kept", () => {
    const log = new CallLog();
    log.line({ functionName: "model", text: '{"requestId":"one"}' });
    expect(log.linesAbout("one")).to.deep.equal(['model {"requestId":"one"}']);
    for (let index = 0; index < 20_000; index++) log.line({ functionName: "model", text: `line ${index}` });
    expect(log.linesAbout("one")).to.deep.equal([]);
    expect(log.linesAbout("line 19999")).to.have.length(1);
    expect(log.linesAbout("line").length).to.be.lessThan(8_001);
  });
});
