// Caches one authorizer's answers for their TTL: the policy, not the decision, so that each call is evaluated anew.

import { createHash } from "node:crypto";
import type { AuthorizerAnswer } from "./answer";

interface Kept {
  readonly answer: AuthorizerAnswer;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Most cached answers: a stream of new tokens that the authorizer accepts must not exhaust the memory. */
const mostKept = 5_000;

export class AnswerCache {
  /** Oldest first. */
  private readonly kept = new Map<string, Kept>();

  /** @param ttlSeconds 0: nothing is cached */
  constructor(private readonly ttlSeconds: number) {}

  get size(): number {
    return this.kept.size;
  }

  get(key: string, now: number): AuthorizerAnswer | undefined {
    const found = this.kept.get(key);
    if (!found) return undefined;
    if (now < found.until) return found.answer;
    this.kept.delete(key);
    return undefined;
  }

  put(key: string, answer: AuthorizerAnswer, now: number): void {
    if (this.ttlSeconds === 0) return;
    this.kept.delete(key);
    this.kept.set(key, { answer, until: now + this.ttlSeconds * 1000 });
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept) this.kept.delete(oldest!);
  }
}

/**
 * Cache key of an identity: a digest, so that no token stays in memory; of JSON, so that values cannot shift between
 * the sources.
 */
export function cacheKey(identity: readonly (readonly string[])[]): string {
  return createHash("sha256").update(JSON.stringify(identity)).digest("base64");
}
