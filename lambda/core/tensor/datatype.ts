// The datatypes of the Open Inference Protocol V2, with the name that onnxruntime uses and the width of an element.
// Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#tensor-data-types

/**
 * Elements of a tensor, flat. FP16 is held as its bits (Uint16Array), BOOL as 0 and 1 (Uint8Array), BYTES as strings.
 */
export type Elements =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | string[];

interface Kind {
  /** Name of the type in onnxruntime. */
  readonly onnx: string;
  /** Bytes per element; 0 if the size varies. */
  readonly bytes: number;
  /** Allocates an array for this many elements. */
  readonly array: (length: number) => Elements;
  /** A view of a buffer, without copying: offset in bytes, length in elements. Absent if elements must be decoded. */
  readonly view?: (buffer: ArrayBufferLike, offset: number, length: number) => Exclude<Elements, string[]>;
}

const kinds = {
  BOOL: { onnx: "bool", bytes: 1, array: (n) => new Uint8Array(n), view: (b, o, n) => new Uint8Array(b, o, n) },
  UINT8: { onnx: "uint8", bytes: 1, array: (n) => new Uint8Array(n), view: (b, o, n) => new Uint8Array(b, o, n) },
  UINT16: { onnx: "uint16", bytes: 2, array: (n) => new Uint16Array(n), view: (b, o, n) => new Uint16Array(b, o, n) },
  UINT32: { onnx: "uint32", bytes: 4, array: (n) => new Uint32Array(n), view: (b, o, n) => new Uint32Array(b, o, n) },
  UINT64: {
    onnx: "uint64",
    bytes: 8,
    array: (n) => new BigUint64Array(n),
    view: (b, o, n) => new BigUint64Array(b, o, n),
  },
  INT8: { onnx: "int8", bytes: 1, array: (n) => new Int8Array(n), view: (b, o, n) => new Int8Array(b, o, n) },
  INT16: { onnx: "int16", bytes: 2, array: (n) => new Int16Array(n), view: (b, o, n) => new Int16Array(b, o, n) },
  INT32: { onnx: "int32", bytes: 4, array: (n) => new Int32Array(n), view: (b, o, n) => new Int32Array(b, o, n) },
  INT64: {
    onnx: "int64",
    bytes: 8,
    array: (n) => new BigInt64Array(n),
    view: (b, o, n) => new BigInt64Array(b, o, n),
  },
  FP16: { onnx: "float16", bytes: 2, array: (n) => new Uint16Array(n), view: (b, o, n) => new Uint16Array(b, o, n) },
  FP32: { onnx: "float32", bytes: 4, array: (n) => new Float32Array(n), view: (b, o, n) => new Float32Array(b, o, n) },
  FP64: { onnx: "float64", bytes: 8, array: (n) => new Float64Array(n), view: (b, o, n) => new Float64Array(b, o, n) },
  BYTES: { onnx: "string", bytes: 0, array: () => [] as string[] },
} as const satisfies Record<string, Kind>;

export type Datatype = keyof typeof kinds;

export const datatypes: Readonly<Record<Datatype, Kind>> = kinds;

const byOnnx = new Map(Object.entries(kinds).map(([name, kind]) => [kind.onnx as string, name as Datatype]));

/** The V2 datatype for an onnxruntime type; `undefined` if V2 has none (for example, for 4-bit integers). */
export function datatypeOf(onnx: string): Datatype | undefined {
  return byOnnx.get(onnx);
}

export function isDatatype(name: string): name is Datatype {
  return Object.hasOwn(kinds, name);
}

export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** Sizes of the dimensions, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** One entry per element; FP16 as its bits, BOOL as 0 and 1. */
  readonly data: Elements;
}

/**
 * ONNX sets no limit on the rank. This one, far above real models, keeps deeply nested JSON from exhausting the stack.
 */
export const maximumRank = 32;

/**
 * Number of elements of a shape; `undefined` if it exceeds `limit`. A dimension of zero makes it zero however large the
 * others are, and intermediate products cannot overflow.
 */
export function elementCount(shape: readonly number[], limit: number): number | undefined {
  if (shape.includes(0)) return 0;
  let count = 1;
  for (const dimension of shape) {
    count *= dimension;
    if (count > limit) return undefined;
  }
  return count;
}
