// Tensors: values of one datatype in row-major order, with a shape.

import type { Datatype, Elements } from "./datatype";

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
