// Where the wheels of a lock lie in the training bucket: the deployment computes the same of the same file, and a test holds
// the two against each other.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** `wheels/<16 hex digits>` */
export function wheelsPrefix(lock: string): string {
  const content = createHash("sha256").update(readFileSync(lock)).digest();
  const digest = createHash("sha256")
    .update(`${basename(lock)}\0`)
    .update(content)
    .digest("hex");
  return `wheels/${digest.slice(0, 16)}`;
}
