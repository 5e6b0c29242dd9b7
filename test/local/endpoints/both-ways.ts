// Models made on the spot for both ways of serving: one with an input and an output of each datatype, and one of any size.

import { closeSync, cpSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { field, number, text } from "../../fixtures/onnx-file";
import { shipped } from "../../lambda/function";
import { fixtures } from "./made-endpoints";

/** Numbers of TensorProto.DataType, by datatype. */
const elements = {
  BOOL: 9,
  UINT8: 2,
  UINT16: 4,
  UINT32: 12,
  UINT64: 13,
  INT8: 3,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  FP16: 10,
  FP32: 1,
  FP64: 11,
  BYTES: 8,
} as const;

export type Datatype = keyof typeof elements;
export const datatypes = Object.keys(elements) as Datatype[];

/** Two values of each datatype: as JSON, and as bytes. The extremes of each, and what a lossy path would lose. */
export const samples: Readonly<Record<Datatype, { readonly json: string; readonly bytes: Buffer }>> = {
  BOOL: { json: "[true,false]", bytes: Buffer.from([1, 0]) },
  UINT8: { json: "[0,255]", bytes: Buffer.from([0, 255]) },
  UINT16: { json: "[1,65535]", bytes: raw(Uint16Array.of(1, 65_535)) },
  UINT32: { json: "[1,4294967295]", bytes: raw(Uint32Array.of(1, 4_294_967_295)) },
  UINT64: {
    json: "[9007199254740993,18446744073709551615]",
    bytes: raw(BigUint64Array.of(9007199254740993n, 2n ** 64n - 1n)),
  },
  INT8: { json: "[-128,127]", bytes: raw(Int8Array.of(-128, 127)) },
  INT16: { json: "[-32768,32767]", bytes: raw(Int16Array.of(-32_768, 32_767)) },
  INT32: { json: "[-2147483648,2147483647]", bytes: raw(Int32Array.of(-2_147_483_648, 2_147_483_647)) },
  INT64: {
    json: "[-9223372036854775808,9007199254740993]",
    bytes: raw(BigInt64Array.of(-(2n ** 63n), 9007199254740993n)),
  },
  FP16: { json: "[65504,-0.0]", bytes: raw(Uint16Array.of(0x7bff, 0x8000)) },
  FP32: { json: "[NaN,1e-45]", bytes: raw(Float32Array.of(NaN, 1e-45)) },
  FP64: { json: "[-Infinity,5e-324]", bytes: raw(Float64Array.of(-Infinity, 5e-324)) },
  BYTES: { json: '["","é😀\\n"]', bytes: strings(["", "é😀\n"]) },
};

function raw(values: NodeJS.TypedArray): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

function strings(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((each) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(each));
      return [length, Buffer.from(each)];
    }),
  );
}

/** Makes a folder with the models `all` (each datatype passed through), `classifier`, `external` and the shipped `mymodel`. */
export function makeModels(folder: string): void {
  const values = (tag: number, start: string) =>
    datatypes.map((each) => value(tag, `${start}_${each.toLowerCase()}`, elements[each], [undefined, 2]));
  const nodes = datatypes.map((each) => node("Identity", [`x_${each.toLowerCase()}`], [`y_${each.toLowerCase()}`]));
  write(folder, "all", [...nodes, text(2, "made"), ...values(11, "x"), ...values(12, "y")]);
  for (const name of ["classifier", "external"]) cpSync(join(fixtures, name), join(folder, name), { recursive: true });
  cpSync(join(shipped, "mymodel/model.onnx"), join(folder, "mymodel/model.onnx"));
}

/** The last number of the table in `makeLarge`. */
export const lastNumber = 42.5;

/**
 * Makes the model `name`, which answers with rows of a table of FP32 in a file beside it. The file has holes for all numbers but the
 * last, so that it takes no space.
 * @param rows of one number each
 */
export function makeLarge(folder: string, name: string, rows: number): void {
  const location = field(13, text(1, "location"), text(2, "weights.bin"));
  const table = field(
    5,
    number(1, rows),
    number(1, 1),
    number(2, elements.FP32),
    text(8, "w"),
    location,
    number(14, 1),
  );
  const [input, output] = [value(11, "at", elements.INT64, [undefined]), value(12, "y", elements.FP32, [undefined, 1])];
  write(folder, name, [node("Gather", ["w", "at"], ["y"]), text(2, "made"), table, input, output]);
  const file = openSync(join(folder, name, "weights.bin"), "w");
  ftruncateSync(file, rows * 4);
  writeSync(file, raw(Float32Array.of(lastNumber)), 0, 4, (rows - 1) * 4);
  closeSync(file);
}

function write(folder: string, name: string, graph: readonly Buffer[]): void {
  mkdirSync(join(folder, name), { recursive: true });
  const model = Buffer.concat([number(1, 9), field(7, ...graph), field(8, text(1, ""), number(2, 17))]);
  writeFileSync(join(folder, name, "model.onnx"), model);
}

function node(operator: string, inputs: readonly string[], outputs: readonly string[]): Buffer {
  return field(1, ...inputs.map((each) => text(1, each)), ...outputs.map((each) => text(2, each)), text(4, operator));
}

/** @param shape undefined for a dimension of any size */
function value(tag: number, name: string, element: number, shape: readonly (number | undefined)[]): Buffer {
  const dimensions = shape.map((size) => field(1, size === undefined ? text(2, "n") : number(1, size)));
  return field(tag, text(1, name), field(2, field(1, number(1, element), field(2, ...dimensions))));
}
