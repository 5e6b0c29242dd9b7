// A token bucket, as API Gateway throttles with: an average rate of requests with bursts.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html

import type { Graph } from "../../../graph/resource";

export interface Throttle {
  /** Tokens added per second. */
  readonly rateLimit: number;
  /** Capacity of the bucket. */
  readonly burstLimit: number;
}

export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  /** @param now milliseconds since the epoch; the bucket starts full */
  constructor(
    private readonly limits: Throttle,
    now: number,
  ) {
    this.tokens = limits.burstLimit;
    this.filledAt = now;
  }

  /** Whether a request may pass. Takes no token, because another limit may still reject the request. */
  has(now: number): boolean {
    // If the clock is set back, no tokens are added or removed.
    const elapsed = Math.max(0, now - this.filledAt);
    this.tokens = Math.min(this.limits.burstLimit, this.tokens + (elapsed / 1000) * this.limits.rateLimit);
    this.filledAt = now;
    return this.tokens >= 1;
  }

  take(): void {
    this.tokens -= 1;
  }
}

// A quota: a number of requests per day, week or month in UTC.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigateway-usageplan-quotasettings.html

export interface QuotaSettings {
  /** Requests per period. */
  readonly limit: number;
  readonly period: "DAY" | "WEEK" | "MONTH";
  /** Days by which the period's start is shifted: with 0 a week starts on Sunday and a month on its first day. */
  readonly offset: number;
}

export class Quota {
  private used = 0;
  private startedAt = Number.NEGATIVE_INFINITY;
  private day = Number.NaN;

  constructor(private readonly settings: QuotaSettings) {}

  /** Whether the quota has room at `now`, in milliseconds since the epoch. Does not count the request. */
  has(now: number): boolean {
    const day = Math.floor(now / dayMs);
    if (day === this.day) return this.used < this.settings.limit; // Periods begin at midnight.
    this.day = day;
    const start = periodStart(this.settings, now);
    // Moves forward only: setting the clock back must not renew a used quota.
    if (start > this.startedAt) {
      this.startedAt = start;
      this.used = 0;
    }
    return this.used < this.settings.limit;
  }

  take(): void {
    this.used += 1;
  }
}

const dayMs = 86_400_000;

/** Start of the period that contains `now`; both in milliseconds since the epoch. */
export function periodStart({ period, offset }: QuotaSettings, now: number): number {
  const day = new Date(now);
  const midnight = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate());
  if (period === "DAY") return midnight;
  if (period === "WEEK") return midnight - ((day.getUTCDay() - offset + 7) % 7) * dayMs;
  const monthAgo = day.getUTCDate() - 1 < offset ? 1 : 0;
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - monthAgo, 1 + offset);
}

// The account's throttle in a region: one token bucket for all APIs of a program, REST and HTTP.

/**
 * An account's limit in a region, for all its APIs.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const accountThrottle: Throttle = { rateLimit: 10_000, burstLimit: 5_000 };

const accounts = new WeakMap<Graph, TokenBucket>();

/** @param now milliseconds since the epoch; the bucket starts full */
export function accountBucket(graph: Graph, now: number): TokenBucket {
  const bucket = accounts.get(graph) ?? new TokenBucket(accountThrottle, now);
  accounts.set(graph, bucket);
  return bucket;
}
