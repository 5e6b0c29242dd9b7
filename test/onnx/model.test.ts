import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { InferenceSession } from "onnxruntime-node";
import { datatypeOf, datatypes } from "../../lambda/core/tensor/datatype";
import { type OnnxModel, readModel } from "../../onnx/model";
import { signature, type SignatureTensor } from "../../onnx/signature";
import { type Dimension, elementType, typeText } from "../../onnx/value-type";
import { MalformedModel } from "../../onnx/wire";
import { field, onnxFile, text } from "../fixtures/onnx-file";
import { seeded } from "../lambda/seeded";

const root = join(__dirname, "../..");
const folders = [join(root, "models"), join(root, "test/fixtures/models")];
const models = folders.flatMap((folder) =>
  readdirSync(folder)
    .map((name) => [name, join(folder, name, "model.onnx")] as const)
    .filter(([, file]) => existsSync(file)),
);
const fixture = (name: string): Buffer => readFileSync(join(root, "test/fixtures/models", name, "model.onnx"));

/** As onnxruntime-node reports a value: it knows no rank from a scalar, and no free dimension without a name. */
const shown = ({ name, datatype, shape }: SignatureTensor) => ({
  name,
  datatype,
  shape: datatype === undefined ? [] : (shape ?? []).map((size: Dimension) => size ?? ""),
});
const reported = (value: InferenceSession.ValueMetadata) => ({
  name: value.name,
  datatype: value.isTensor ? datatypeOf(value.type) : undefined,
  shape: value.isTensor && datatypeOf(value.type) !== undefined ? [...value.shape] : [],
});

describe("The reader of ONNX files", () => {
  it("has the models to read", () => expect(models.length).to.be.greaterThan(25));

  for (const [name, file] of models) {
    it(`reads of ${name} the inputs and outputs that the runtime reports`, async () => {
      const bytes = readFileSync(file);
      const read = signature(readModel(bytes));
      const session = await InferenceSession.create(file, { logSeverityLevel: 4 }).catch((error: Error) => error);
      // The runtime cannot load a model whose text operator asks for a locale that is not there, nor report a bfloat16.
      if (session instanceof Error) {
        return expect(session.message).to.match(/construct locale|Unsupported data type/);
      }
      expect(read.inputs.map(shown)).to.deep.equal(session.inputMetadata.map(reported));
      expect(read.outputs.map(shown)).to.deep.equal(session.outputMetadata.map(reported));
      await session.release();
      return undefined;
    });
  }

  it("has V2's datatypes by the runtime's names, as the function has them", () => {
    const ours = Array.from({ length: 30 }, (_, number) => elementType(number));
    for (const [name, { onnx }] of Object.entries(datatypes)) {
      expect(ours).to.include(onnx);
      const tensor = { kind: "tensor", element: onnx, shape: [] } as const;
      const value = { graph: { inputs: [{ name: "x", type: tensor, at: 0 }], outputs: [] } } as unknown as OnnxModel;
      expect(signature(value).inputs[0]!.datatype).to.equal(name);
    }
    expect(ours.filter((each) => datatypeOf(each) !== undefined)).to.have.length(Object.keys(datatypes).length);
  });

  it("reads versions, operators, external files and a node's attributes", () => {
    const zipmap = readModel(fixture("zipmap"));
    expect(zipmap.irVersion).to.equal(9);
    expect([...zipmap.opsets]).to.deep.equal([
      ["", 17],
      ["ai.onnx.ml", 3],
    ]);
    expect(zipmap.producer.name).to.equal("fixtures");
    expect(zipmap.graph.nodes.map(({ operator, domain }) => [operator, domain])).to.deep.equal([
      ["Identity", ""],
      ["ZipMap", "ai.onnx.ml"],
    ]);
    expect(zipmap.graph.nodes[1]!.attribute("classlabels_int64s")?.integers).to.deep.equal([0, 1]);
    expect(zipmap.graph.nodes[1]!.attribute("classlabels_strings")).to.equal(undefined);
    expect(typeText(zipmap.graph.outputs[0]!.type)).to.equal("seq(map(int64,tensor(float)))");
    expect([...readModel(fixture("external")).graph.external]).to.deep.equal(["weights.bin"]);
    const locale = readModel(fixture("text-c-utf8")).graph.nodes[0]!.attribute("locale");
    expect(locale?.text).to.equal("C.UTF-8");
    expect(readModel(fixture("optional")).graph.inputs.map(({ name }) => name)).to.deep.equal(["x"]);
  });

  it("takes a graph given in two messages for their union, as every reader of Protocol Buffers does", () => {
    const addition = Buffer.concat([Buffer.from([0x3a, 5, 0x62, 3, 0x0a, 1]), Buffer.from("x")]);
    const read = readModel(Buffer.concat([fixture("scalar"), addition]));
    expect(read.graph.outputs.map(({ name }) => name)).to.deep.equal(["y", "x"]);
  });

  it("skips weights without looking at them", () => {
    const weights = 200 * 1024 * 1024;
    const length = (bytes: number): Buffer => {
      const parts: number[] = [];
      for (; bytes > 127; bytes = Math.floor(bytes / 128)) parts.push((bytes % 128) + 128);
      return Buffer.from([...parts, bytes]);
    };
    const field = (tag: number, ...content: Buffer[]): Buffer => {
      const bytes = Buffer.concat(content);
      return Buffer.concat([Buffer.from([tag]), length(bytes.length), bytes]);
    };
    const tensor = field(0x2a, field(0x42, Buffer.from("w")), field(0x4a, Buffer.alloc(weights)));
    const file = Buffer.concat([fixture("scalar"), field(0x3a, tensor)]);
    const before = process.cpuUsage();
    expect(readModel(file).graph.outputs).to.have.length(1);
    expect(process.cpuUsage(before).user / 1000).to.be.lessThan(100);
  });
});

describe("The reader of a tree ensemble", () => {
  it("leaves its attributes alone, which are its weights, a field for each number", () => {
    const numbers = Buffer.alloc(22_000_000);
    for (let at = 0; at < numbers.length; at += 2) numbers.writeUInt16LE(0x0140, at);
    const attribute = field(5, text(1, "nodes_values"), numbers);
    const node = field(1, text(4, "TreeEnsembleClassifier"), text(7, "ai.onnx.ml"), attribute);
    const read = readModel(Buffer.concat([onnxFile(), field(7, node)]));
    expect(read.graph.nodes.map(({ operator }) => operator)).to.deep.equal(["Neg", "TreeEnsembleClassifier"]);
  });
});

describe("A hostile ONNX file", () => {
  const refused = (bytes: Buffer, reason: RegExp): void => {
    expect(() => readModel(bytes)).to.throw(MalformedModel, reason);
  };

  it("is refused if it is cut off, empty, or no ONNX file", () => {
    const whole = fixture("zipmap");
    refused(whole.subarray(0, whole.length - 40), /reaches beyond its end|cut off/);
    refused(Buffer.alloc(0), /no graph/);
    refused(Buffer.from("version https://git-lfs.github.com/spec/v1\n"), /at byte/);
  });

  it("is refused if lengths are negative or beyond 64 bits, and if it nests without end", () => {
    refused(Buffer.from([0x3a, ...Array<number>(9).fill(0xff), 1]), /negative/);
    refused(Buffer.from([0x08, ...Array<number>(11).fill(0xff)]), /too long/);
    let nested = Buffer.alloc(0);
    const wrap = (tag: number, content: Buffer) => {
      const size = content.length;
      return Buffer.concat([Buffer.from([tag, (size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14]), content]);
    };
    // Graph → node Loop → attribute → graph.
    for (let depth = 0; depth < 40; depth++) {
      const node = Buffer.concat([wrap(0x22, Buffer.from("Loop")), wrap(0x2a, wrap(0x32, nested))]);
      nested = wrap(0x0a, node);
    }
    refused(Buffer.concat([Buffer.from([0x08, 9]), wrap(0x3a, nested)]), /nested too deeply/);
    let type = Buffer.alloc(0);
    for (let depth = 0; depth < 40; depth++) type = wrap(0x22, wrap(0x0a, type));
    refused(Buffer.concat([Buffer.from([0x08, 9]), wrap(0x3a, wrap(0x62, wrap(0x12, type)))]), /nested too deeply/);
  });

  it("is read or refused, never more, whatever bytes are changed", () => {
    const random = seeded(17);
    let reads = 0;
    for (const name of ["zipmap", "external", "int4", "text-c-utf8"]) {
      for (let round = 0; round < 500; round++) {
        const bytes = Buffer.from(fixture(name));
        for (let change = 0; change <= random() * 4; change++)
          bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        const cut = random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
        try {
          signature(readModel(cut));
          reads++;
        } catch (error) {
          expect(error).to.be.instanceOf(MalformedModel);
        }
      }
    }
    expect(reads).to.be.greaterThan(100);
  });
});
