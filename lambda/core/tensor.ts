// Values of one datatype in row-major order, and the shapes they come in.

import type { Datatype, Elements } from "./datatype";

export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** Sizes of the dimensions, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** One entry an element; FP16 as its bits, BOOL as 0 and 1. */
  readonly data: Elements;
}

/** ONNX sets no bound on the rank; no real model comes near this one, and it bounds nesting (a depth bomb ends here). */
export const maximumRank = 32;

/**
 * Number of elements of a shape; `undefined` where it is more than `limit`. A zero dimension makes it zero however large
 * the others are, and the product never overflows on the way.
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
