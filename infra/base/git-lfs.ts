// Git LFS keeps a large file outside the repository, and commits a pointer to it: a text of about 130 bytes, which is also what a
// checkout without Git LFS leaves in the file's place.

import { closeSync, openSync, readSync } from "node:fs";

/** Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md (The Pointer: below 1,024 bytes, the version first) */
const firstLine = Buffer.from("version https://git-lfs.github.com/spec/v1\n");

/** What puts the files where their pointers are. */
export const lfsCure = "git lfs install && git lfs pull";

/** Whether the file is a pointer. */
export function isLfsPointer(file: string): boolean {
  const start = Buffer.alloc(firstLine.length);
  const opened = openSync(file, "r");
  try {
    readSync(opened, start, 0, start.length, 0);
  } finally {
    closeSync(opened);
  }
  return start.equals(firstLine);
}
