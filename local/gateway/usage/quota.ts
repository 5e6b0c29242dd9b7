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

  constructor(private readonly settings: QuotaSettings) {}

  /** Whether the quota has room at `now`, in milliseconds since the epoch. Does not count the request. */
  has(now: number): boolean {
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

/** Start of the period that contains `now`; both in milliseconds since the epoch. */
export function periodStart({ period, offset }: QuotaSettings, now: number): number {
  const day = new Date(now);
  const midnight = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate());
  if (period === "DAY") return midnight;
  const dayMs = 86_400_000;
  if (period === "WEEK") return midnight - ((day.getUTCDay() - offset + 7) % 7) * dayMs;
  const monthAgo = day.getUTCDate() - 1 < offset ? 1 : 0;
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - monthAgo, 1 + offset);
}
