import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { encode } from "jpeg-js";
import { PNG } from "pngjs";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { readModels } from "../../infra/function/models";
import { start } from "../lambda/function";

const directory = join(projectRoot, "examples/models");
const { manifest, transforms } = readModels(directory);
const serve = (name: string) =>
  start([name, ...Object.keys(manifest.models).filter((other) => other !== name)], {
    directory,
    manifest,
    beside: transforms,
  });

describe("The example `text`", () => {
  const fn = serve("text");

  it("answers the topic of its example, and the probability of each", async () => {
    const reply = await fn.post("/mymodel", readFileSync(join(directory, "text/example.json")));
    expect(reply.json["topic"]).to.equal("delivery");
    const scores = reply.json["scores"] as Record<string, number>;
    expect(Object.keys(scores)).to.deep.equal(["account", "billing", "delivery", "technical"]);
    expect(Object.values(scores).reduce((sum, value) => sum + value)).to.be.closeTo(1, 1e-5);
  });

  it("answers a list for a list, in its order", async () => {
    const texts = ["I was charged TWICE on my card!", "the app crashes after the update", "I forgot my password"];
    const reply = await fn.post("/mymodel", { texts });
    const topics = (reply.json as unknown as { topic: string }[]).map(({ topic }) => topic);
    expect(topics).to.deep.equal(["billing", "technical", "account"]);
  });

  it("knows a word by its first five letters, in whatever case", async () => {
    for (const [text, topic] of [
      ["INVOICING", "billing"],
      ["couriers", "delivery"],
      ["passwords", "account"],
    ])
      expect((await fn.post("/mymodel", { text })).json["topic"], text).to.equal(topic);
  });

  for (const body of [
    "1",
    "[]",
    "{}",
    '{"text":1}',
    '{"texts":[]}',
    '{"texts":[["a"]]}',
    `{"texts":${JSON.stringify(new Array(65).fill("a"))}}`,
    JSON.stringify({ text: "a".repeat(10_001) }),
  ])
    it(`refuses ${body.slice(0, 40)} with 400`, async () => {
      const reply = await fn.post("/mymodel", body);
      expect([reply.status, reply.log["code"]]).to.deep.equal([400, "refused-by-transform"]);
    });
});

describe("The example `image`", () => {
  const fn = serve("image");
  const example = readFileSync(join(directory, "image/example.png"));
  const picture = PNG.sync.read(example);
  const call = (body: Buffer | object, type = "image/png") => fn.post("/mymodel", body, { "Content-Type": type });

  /** The example in another size, and as another kind of picture. */
  function resized(width: number, height: number, ink = (value: number) => [value, value, value, 255]): PNG {
    const other = new PNG({ width, height });
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at =
          4 * (Math.floor((y * picture.height) / height) * picture.width + Math.floor((x * picture.width) / width));
        other.data.set(ink(picture.data[at]!), 4 * (y * width + x));
      }
    return other;
  }

  /** A PNG whose header says what is not so. */
  function claiming(width: number, height: number, content: Buffer): Buffer {
    const chunk = (kind: string, data: Buffer) => {
      const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
      length.writeUInt32BE(data.length);
      sum.writeUInt32BE(crc32(Buffer.concat([Buffer.from(kind), data])));
      return Buffer.concat([length, Buffer.from(kind), data, sum]);
    };
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    return Buffer.concat([
      example.subarray(0, 8),
      chunk("IHDR", header),
      chunk("IDAT", content),
      chunk("IEND", Buffer.alloc(0)),
    ]);
  }

  it("answers the digit of its example, as a body and in base64", async () => {
    const reply = await call(example);
    expect(reply.json["digit"]).to.equal(7);
    expect((reply.json["probabilities"] as number[])[7]).to.be.above(0.9);
    const coded = await call({ b64: example.toString("base64") }, "application/json");
    expect(coded.text).to.equal(reply.text);
  });

  it("answers the same digit in any size, upside light, transparent, and as a JPEG", async () => {
    for (const [width, height] of [
      [8, 8],
      [64, 64],
      [301, 257],
      [1200, 900],
    ] as const)
      expect((await call(PNG.sync.write(resized(width, height)))).json["digit"], `${width} × ${height}`).to.equal(7);
    const chalk = resized(64, 64, (value) => [255 - value, 255 - value, 255 - value, 255]);
    expect((await call(PNG.sync.write(chalk))).json["digit"]).to.equal(7);
    const transparent = resized(64, 64, (value) => [0, 0, 0, 255 - value]);
    expect((await call(PNG.sync.write(transparent))).json["digit"]).to.equal(7);
    const jpeg = encode({ ...resized(96, 96), data: resized(96, 96).data }, 80).data;
    expect((await call(jpeg, "image/jpeg")).json["digit"]).to.equal(7);
  });

  it("decodes no picture whose size is too large, whatever little the file has", async () => {
    const bomb = await call(claiming(50_000, 50_000, deflateSync(Buffer.alloc(1000))));
    expect([bomb.status, bomb.json["error"]]).to.deep.equal([413, "the picture has more than 2000000 pixels"]);
    const jpeg = encode({ width: 16, height: 16, data: Buffer.alloc(16 * 16 * 4) }, 50).data;
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(60_000, frame + 5);
    jpeg.writeUInt16BE(60_000, frame + 7);
    expect((await call(jpeg, "image/jpeg")).status).to.equal(422);
  });

  it("inflates no more than the header's size needs", async () => {
    // A quarter of a megabyte that unpacks to a quarter of a gigabyte, in a picture that claims 64 pixels.
    const zeros = deflateSync(Buffer.alloc(256 * 1024 * 1024), { level: 9 });
    const before = process.memoryUsage().rss;
    const reply = await call(claiming(8, 8, zeros));
    expect(reply.status).to.be.oneOf([200, 422]);
    expect(process.memoryUsage().rss - before).to.be.below(128 * 1024 * 1024);
  });

  for (const [what, body, type, status] of [
    ["a GIF", Buffer.from("GIF89a"), "image/gif", 415],
    ["nothing", Buffer.alloc(0), "image/png", 415],
    ["a PNG that ends early", example.subarray(0, 60), "image/png", 422],
    ["a PNG's first bytes", example.subarray(0, 8), "image/png", 422],
    ["a JPEG's first bytes", Buffer.from([0xff, 0xd8, 0xff]), "image/jpeg", 422],
    ["JSON without a picture", Buffer.from('{"b64":1}'), "application/json", 415],
    ["base64 of no picture", Buffer.from('{"b64":"aGFsbG8="}'), "application/json", 415],
  ] as const)
    it(`refuses ${what} with ${status}`, async () => {
      const reply = await call(body, type);
      expect([reply.status, reply.log["code"]]).to.deep.equal([status, "refused-by-transform"]);
    });
});

describe("The examples", () => {
  it("are small, and not among the models that are deployed", () => {
    for (const name of Object.keys(manifest.models))
      expect(statSync(join(directory, name, "model.onnx")).size, name).to.be.below(200 * 1024);
    expect(Object.keys(readModels(join(projectRoot, "models")).manifest.models)).to.deep.equal(["mymodel"]);
  });
});
