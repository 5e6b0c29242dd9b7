import { expect } from "chai";
import { frame, FrameReader, payloadOf } from "../../../local/functions/runtime/frame";

describe("the frames between gateway and function", () => {
  const values: unknown[] = [
    null,
    0,
    "käse 漢 \ud83d\ude00",
    [],
    { a: [1, { b: null }], "": "" },
    { isBase64Encoded: true, body: "QUJD".repeat(20_000), after: "ü" },
    { isBase64Encoded: false, body: "x".repeat(100_000) },
  ];

  it("arrive whole, in order, however the bytes are cut", () => {
    const bytes = Buffer.concat(values.flatMap((value, n) => [frame({ n }, payloadOf(value)), frame({ none: n })]));
    for (const size of [1, 2, 11, 12, 13, 1000, 65536, bytes.length]) {
      const got: unknown[] = [];
      const reader = new FrameReader(1 << 20, (head, payload) => got.push([head, payload]));
      const buffer = Buffer.alloc(size);
      for (let at = 0; at < bytes.length; at += size) {
        const length = bytes.copy(buffer, 0, at, at + size);
        reader.push(buffer, length);
        buffer.fill(0xff); // As the receiver's one buffer is overwritten.
      }
      expect(got).to.deep.equal(
        values.flatMap((value, n) => [
          [{ n }, value],
          [{ none: n }, undefined],
        ]),
      );
    }
  });

  it("count a payload's size as JSON, exactly", () => {
    for (const value of values) expect(payloadOf(value).bytes).to.equal(Buffer.byteLength(JSON.stringify(value)));
  });

  it("take a body apart only where nothing else could be meant", () => {
    const body = "QUJD".repeat(20_000);
    class Proxied {
      isBase64Encoded = true;
      body = body;
      toJSON(): unknown {
        return "mine";
      }
    }
    expect(payloadOf(new Proxied())).to.deep.equal({ json: '"mine"', body: "", bytes: 6 });
    expect(payloadOf({ isBase64Encoded: true, body, toJSON: () => 1 }).json).to.equal("1");
    expect(payloadOf({ isBase64Encoded: true, body: body + "é" }).body).to.equal("");
    expect(payloadOf({ isBase64Encoded: true, body }).body).to.equal(body);
  });

  it("are rejected over the limit, before their content is awaited", () => {
    const reader = new FrameReader(100, () => undefined);
    expect(() => {
      reader.push(Buffer.alloc(12, 0xff));
    }).to.throw("over the limit of 100 bytes");
  });
});
