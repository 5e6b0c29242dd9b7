// The bound on an answer. A function's answer is JSON within JSON, or base64 within JSON, and Lambda drops one that is too
// large: the caller would get a 502 that says nothing.

import { Failure } from "./failure";
import type { Tensor } from "./tensor";

export function tooLarge(limit: number): Failure {
  return new Failure(
    "response-too-large",
    `an answer is at most ${limit} bytes as an event; ask for fewer outputs, a smaller batch, or binary data`,
  );
}

/** Refuses outputs that could not fit however they are written, before memory is spent on their text. */
export function checkSize(outputs: readonly Tensor[], limit: number): void {
  let least = 0;
  for (const { data } of outputs) {
    // A number takes a digit and a comma as text, and its width as bytes, whichever is less.
    if (!Array.isArray(data)) least += Math.min(data.length * 2, data.byteLength);
    else for (const text of data) least += text.length + 1;
  }
  if (least > limit) throw tooLarge(limit);
}
