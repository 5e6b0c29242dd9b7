// Stores bucket objects as files that all local runs of a stack share: `npm start` reads what `npm run pipeline`
// publishes. Writes are atomic, also between processes.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

export interface FileObject {
  readonly body: Buffer;
  readonly etag: string;
}

/** Precondition of a write: the key is absent, or its object has this ETag; `undefined`: none. */
export type Precondition = { readonly absent: true } | { readonly etag: string } | undefined;

/** Milliseconds after which a lock counts as abandoned by a process that died: the guarded work takes about one. */
const staleMs = 5_000;

export class ObjectFiles {
  constructor(private readonly root: string) {
    mkdirSync(root, { recursive: true, mode: 0o700 });
  }

  read(bucket: string, key: string): FileObject | undefined {
    try {
      const body = readFileSync(this.path(bucket, key));
      return { body, etag: etagOf(body) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR") return undefined;
      throw error;
    }
  }

  /** @returns whether the condition held and the object was written. @throws RangeError for a key outside its bucket */
  write(bucket: string, key: string, body: Buffer, condition: Precondition): boolean {
    const path = this.path(bucket, key);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return locked(`${path}.lock`, () => {
      const now = this.read(bucket, key);
      if (condition !== undefined) {
        if ("absent" in condition ? now !== undefined : now?.etag !== condition.etag) return false;
      }
      const draft = `${path}.${process.pid}.draft`;
      writeFileSync(draft, body, { mode: 0o600 });
      renameSync(draft, path);
      return true;
    });
  }

  /** Keys that begin with the prefix, sorted. */
  keys(bucket: string, prefix: string): string[] {
    const root = this.path(bucket, ".");
    const below = (folder: string): string[] => {
      try {
        return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
          const path = join(folder, entry.name);
          if (entry.isDirectory()) return entry.name.endsWith(".lock") ? [] : below(path);
          return entry.name.endsWith(".draft")
            ? []
            : [
                path
                  .slice(root.length + 1)
                  .split(sep)
                  .join("/"),
              ];
        });
      } catch {
        return [];
      }
    };
    return below(root)
      .filter((key) => key.startsWith(prefix))
      .sort();
  }

  /** Path of a bucket's folder. */
  folder(bucket: string): string {
    return this.path(bucket, ".");
  }

  /** @throws RangeError for an invalid bucket name, or a key that leads out of its bucket (`../`) */
  private path(bucket: string, key: string): string {
    const root = resolve(this.root, bucket);
    const path = resolve(root, key);
    if (!/^[a-z0-9][a-z0-9.-]+$/.test(bucket) || (path !== root && !path.startsWith(root + sep))) {
      throw new RangeError("the key points outside its bucket");
    }
    return path;
  }
}

function etagOf(body: Buffer): string {
  return `"${createHash("sha256").update(body).digest("hex").slice(0, 32)}"`;
}

/**
 * Runs `work` under a lock between processes: creating a directory is atomic, so only one of them succeeds. Busy-waits.
 */
function locked<T>(lock: string, work: () => T): T {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      try {
        if (Date.now() - statSync(lock).mtimeMs > staleMs) rmSync(lock, { recursive: true, force: true });
      } catch {
        // The lock was released in the meantime.
      }
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}
