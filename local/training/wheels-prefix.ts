// Key prefix of a lock's wheels in the training bucket. The deployment computes the same prefix from the same file; a test
// compares the two.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** @returns `wheels/<16 hex digits>`, derived from the lock's name and content */
export function wheelsPrefix(lock: string): string {
  const content = createHash("sha256").update(readFileSync(lock)).digest();
  const digest = createHash("sha256")
    .update(`${basename(lock)}\0`)
    .update(content)
    .digest("hex");
  return `wheels/${digest.slice(0, 16)}`;
}
