// The pointer to the live model: pure functions from the pointer before and an event to the pointer after.

import type { LivePointer } from "../../../contract";

/** Number of handled versions to remember: events are redelivered within a day, not after a hundred packages. */
const mostHandled = 100;

const sha256 = /^[0-9a-f]{64}$/;

/** Parses and validates a pointer. @throws Error naming the invalid field */
export function parsePointer(text: string): LivePointer {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Error("the pointer is not an object");
  const { digest, previous, canaryPercent, reason, handled } = value as Record<string, unknown>;
  if (!isDigest(digest)) throw new Error("the pointer's digest is neither a SHA-256 nor null");
  if (!isDigest(previous)) throw new Error("the pointer's previous is neither a SHA-256 nor null");
  if (!isPercent(canaryPercent)) throw new Error("the pointer's canaryPercent is not a whole number from 0 to 100");
  if (reason !== "published" && reason !== "promoted" && reason !== "rolled back") {
    throw new Error("the pointer's reason is unknown");
  }
  if (!Array.isArray(handled) || !handled.every((version) => Number.isSafeInteger(version) && version > 0)) {
    throw new Error("the pointer's handled is not a list of versions");
  }
  return { digest, previous, canaryPercent, reason, handled: handled as number[] };
}

export interface Publication {
  /** SHA-256 of the model file, lower-case hex. */
  readonly digest: string;
  /** Version of the model package. */
  readonly version: number;
  /** 0 to 100. */
  readonly canaryPercent: number;
}

/** The pointer after a publication; `undefined` if this version was handled before. */
export function published(before: LivePointer | undefined, publication: Publication): LivePointer | undefined {
  const handled = before?.handled ?? [];
  if (handled.includes(publication.version)) return undefined;
  const { digest, version, canaryPercent } = publication;
  const remembered = [...handled, version].slice(-mostHandled);
  const stable = stableDigest(before);
  // The live file was published again: there is nothing to try out, and it must not become its own predecessor.
  if (before?.digest === digest) return { ...before, handled: remembered };
  if (stable === digest) {
    return { digest, previous: before!.digest, canaryPercent: 100, reason: "published", handled: remembered };
  }
  return { digest, previous: stable, canaryPercent, reason: "published", handled: remembered };
}

/** Digest of the model that last served all requests; a canary that was never promoted does not count. */
function stableDigest(before: LivePointer | undefined): string | null {
  if (before === undefined) return null;
  return before.canaryPercent === 100 ? before.digest : before.previous;
}

/** Sends all requests to the live model. */
export function promoted(before: LivePointer): LivePointer {
  return { ...before, canaryPercent: 100, reason: "promoted" };
}

/** Sends all requests to the previous model, and swaps the two, so that a second rollback undoes the first. */
export function rolledBack(before: LivePointer): LivePointer {
  return {
    ...before,
    digest: before.previous,
    previous: before.digest,
    canaryPercent: 100,
    reason: "rolled back",
  };
}

/** Whether the requests are split between a canary and another model. Only then may the alarm roll back. */
export function isCanary({ canaryPercent, digest, previous }: LivePointer): boolean {
  return canaryPercent < 100 && digest !== previous;
}

/** Which of the two models serves a request. @param roll random number, 0 ≤ roll < 100 */
export function chosen(pointer: LivePointer, roll: number): "digest" | "previous" {
  return roll < pointer.canaryPercent ? "digest" : "previous";
}

function isDigest(value: unknown): value is string | null {
  return value === null || (typeof value === "string" && sha256.test(value));
}

function isPercent(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 100;
}
