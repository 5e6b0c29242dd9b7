import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { type ArchiveLimits, fileFrom } from "../../../lambda/core/publish/archive";

const limits: ArchiveLimits = { file: 1024 * 1024, inflated: 4 * 1024 * 1024, ratio: 100 };

interface Entry {
  readonly name: string;
  readonly content?: Buffer;
  /** `0` is a plain file. */
  readonly kind?: string;
  /** Size as the header tells it, where it lies. */
  readonly size?: number;
  readonly prefix?: string;
}

/** A tar file by the standard, and beyond it where an entry says so. */
function tar(entries: readonly Entry[], end = 1024): Buffer {
  const parts = entries.flatMap(({ name, content = Buffer.alloc(0), kind = "0", size, prefix = "" }) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write("0000644\0", 100);
    head.write(`${(size ?? content.length).toString(8).padStart(11, "0")}\0`, 124);
    head.write("        ", 148);
    head.write(kind, 156);
    head.write("ustar\u000000", 257);
    head.write(prefix, 345);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [head, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(end)]);
}

const model = Buffer.from("the model");
const find = (packed: Buffer, of = limits) => fileFrom(packed, "model.onnx", of);

async function fault(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "nothing was refused",
    (error: Error) => `${error.constructor.name}: ${error.message}`,
  );
}

describe("Functions: a model's archive", () => {
  it("gives its model, however tar spells the name, among other files", async () => {
    for (const name of ["model.onnx", "./model.onnx"]) {
      const other = { name: "card.md", content: Buffer.alloc(700, 1) };
      const found = await find(gzipSync(tar([{ name: "./", kind: "5" }, other, { name, content: model }])));
      expect(found.equals(model), name).to.equal(true);
    }
  });

  it("may tell times in extended headers", async () => {
    const times = Buffer.from("30 mtime=1700000000.123456789\n");
    const found = await find(
      gzipSync(
        tar([
          { name: "x", kind: "x", content: times },
          { name: "model.onnx", content: model },
        ]),
      ),
    );
    expect(found.equals(model)).to.equal(true);
  });

  const attacks: readonly (readonly [what: string, packed: () => Buffer, fault: RegExp])[] = [
    ["no gzip", () => tar([{ name: "model.onnx", content: model }]), /not gzip/],
    ["nothing", () => Buffer.alloc(0), /cut off/],
    ["a cut stream", () => gzipSync(tar([{ name: "model.onnx", content: model }])).subarray(0, 40), /cut off/],
    ["no tar in it", () => gzipSync(Buffer.alloc(2048, 7)), /no plain size/],
    ["no end", () => gzipSync(tar([{ name: "model.onnx", content: model }], 0)), /cut off/],
    ["no model", () => gzipSync(tar([{ name: "other.onnx", content: model }])), /holds 0 files/],
    [
      "two models",
      () =>
        gzipSync(
          tar([
            { name: "model.onnx", content: model },
            { name: "./model.onnx", content: Buffer.from("another") },
          ]),
        ),
      /holds 2 files/,
    ],
    ["a path above it", () => gzipSync(tar([{ name: "../model.onnx", content: model }])), /holds 0 files/],
    ["a path below it", () => gzipSync(tar([{ name: "model.onnx", prefix: "a", content: model }])), /holds 0 files/],
    ["an absolute path", () => gzipSync(tar([{ name: "/model.onnx", content: model }])), /holds 0 files/],
    ["a symbolic link in its place", () => gzipSync(tar([{ name: "model.onnx", kind: "2" }])), /not a plain file/],
    ["a hard link in its place", () => gzipSync(tar([{ name: "model.onnx", kind: "1" }])), /not a plain file/],
    ["a device in its place", () => gzipSync(tar([{ name: "model.onnx", kind: "3" }])), /not a plain file/],
    [
      "a header that renames what follows",
      () =>
        gzipSync(
          tar([
            { name: "x", kind: "x", content: Buffer.from("19 path=model.onnx\n") },
            { name: "other", content: model },
          ]),
        ),
      /beyond the plain format/,
    ],
    [
      "a header that resizes what follows",
      () =>
        gzipSync(
          tar([
            { name: "x", kind: "g", content: Buffer.from("10 size=1\n") },
            { name: "model.onnx", content: model },
          ]),
        ),
      /beyond the plain format/,
    ],
    [
      "a header that is none",
      () =>
        gzipSync(
          tar([
            { name: "x", kind: "x", content: Buffer.from("0 a=b\n") },
            { name: "model.onnx", content: model },
          ]),
        ),
      /beyond the plain format/,
    ],
    [
      "GNU's long name",
      () =>
        gzipSync(
          tar([
            { name: "l", kind: "L", content: Buffer.from("model.onnx\0") },
            { name: "other", content: model },
          ]),
        ),
      /beyond the plain format/,
    ],
    ["a size beyond its end", () => gzipSync(tar([{ name: "model.onnx", content: model, size: 1e6 }])), /cut off/],
    [
      "a model beyond its limit",
      () => gzipSync(tar([{ name: "model.onnx", content: randomLike(1024 * 1024 + 1) }])),
      /larger/,
    ],
    [
      "zeros that inflate a thousandfold",
      () => gzipSync(tar([{ name: "model.onnx", content: Buffer.alloc(3 * 1024 * 1024) }])),
      /inflates to more than 1048576/,
    ],
    [
      "more than the function may hold",
      () => gzipSync(tar([{ name: "other", content: randomLike(4 * 1024 * 1024) }])),
      /inflates to more than 4194304/,
    ],
  ];
  for (const [what, packed, reason] of attacks) {
    it(`is refused with ${what}`, async () => {
      expect(await fault(find(packed())))
        .to.match(/^ArchiveError: /)
        .and.to.match(reason);
    });
  }

  it("is refused with a damaged header", async () => {
    const whole = tar([{ name: "model.onnx", content: model }]);
    whole[0] = 0x6e;
    expect(await fault(find(gzipSync(whole)))).to.match(/damaged/);
  });
});

/** Bytes that do not pack. */
function randomLike(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
