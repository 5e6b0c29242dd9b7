import { expect } from "chai";
import { decisionLine } from "../../../lambda/authorizer";

describe("Functions: the line logged for a decision", () => {
  it("names the outcome, and what is known of the caller", () => {
    const line = decisionLine({
      outcome: "deny",
      reason: "scope",
      subject: "s",
      client: "c",
      keyId: "k",
      requestId: "r",
    });
    expect(JSON.parse(line)).to.deep.equal({
      level: "warn",
      event: "authorize",
      outcome: "deny",
      reason: "scope",
      subject: "s",
      client: "c",
      kid: "k",
      requestId: "r",
    });
  });

  it("is one line of bounded, printable text, whatever the key id", () => {
    const keyId = `a\n{"level":"info"}\r\u001b[31m\u2028${"x".repeat(10_000)}`;
    const line = decisionLine({ outcome: "unauthorized", reason: "unknown-key", keyId });
    expect(line).to.match(/^[\x20-\x7e]{1,300}$/);
    expect((JSON.parse(line) as { kid: string }).kid).to.match(/^a\?{"level":"info"}\?\?\[31m\?x+$/);
  });

  it("leaves out a key id that is not a text", () => {
    expect(decisionLine({ outcome: "unauthorized", reason: "key-id", keyId: { toJSON: () => "x" } })).to.not.include(
      "kid",
    );
  });

  it("is an error's where nothing could be judged", () => {
    expect(JSON.parse(decisionLine({ outcome: "error", cause: "no answer" }))).to.include({
      level: "error",
      cause: "no answer",
    });
  });
});
