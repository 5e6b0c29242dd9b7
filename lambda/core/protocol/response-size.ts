// The limit on the size of a response, which Lambda sees as JSON or base64 inside JSON. If Lambda had to drop one that
// is too large, the caller would get a 502 without an explanation.

import { Failure } from "../failure";
import type { Tensor } from "../tensor/tensor";

export function tooLarge(limit: number): Failure {
  return new Failure(
    "response-too-large",
    `an answer is at most ${limit} bytes as an event; ask for fewer outputs, a smaller batch, or binary data`,
  );
}

/**
 * Refuses outputs that cannot fit in any encoding, before memory is spent on their text.
 * @param limit bytes
 * @throws Failure `response-too-large`
 */
export function checkSize(outputs: readonly Tensor[], limit: number): void {
  let least = 0;
  for (const { data } of outputs) {
    // A number takes at least a digit and a comma as text, or its width as binary data, whichever is less.
    if (!Array.isArray(data)) least += Math.min(data.length * 2, data.byteLength);
    else for (const text of data) least += text.length + 1;
  }
  if (least > limit) throw tooLarge(limit);
}
