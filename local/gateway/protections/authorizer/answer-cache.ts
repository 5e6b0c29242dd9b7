// Answers of one authorizer, kept for its time to live. What is kept is the policy, not the verdict: every call is judged by it anew.

import { createHash } from "node:crypto";
import type { AuthorizerAnswer } from "./answer";

interface Kept {
  readonly answer: AuthorizerAnswer;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Most answers kept: an attacker with ever new tokens that an authorizer accepts must not fill the memory. */
const mostKept = 5_000;

export class AnswerCache {
  /** Oldest first. */
  private readonly kept = new Map<string, Kept>();

  /** @param ttlSeconds 0: nothing is kept */
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

/** Key of an identity: a digest, so that no token lies in memory longer than its call; structured, so that values cannot be shifted from one source to the next. */
export function cacheKey(identity: readonly (readonly string[])[]): string {
  return createHash("sha256").update(JSON.stringify(identity)).digest("base64");
}
