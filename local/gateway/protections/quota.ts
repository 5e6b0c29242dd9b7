// A quota: so many requests in a day, week or month of UTC.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigateway-usageplan-quotasettings.html

export interface QuotaSettings {
  readonly limit: number;
  readonly period: "DAY" | "WEEK" | "MONTH";
  /** Days that the period starts later: a week at 0 on Sunday, at 1 on Monday; a month at 0 on its first. */
  readonly offset: number;
}

export class Quota {
  private used = 0;
  private startedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly settings: QuotaSettings) {}

  /** Whether a request is within the quota at `now`, milliseconds since the epoch. Counts nothing. */
  has(now: number): boolean {
    const start = periodStart(this.settings, now);
    // Only forwards: a clock set back does not renew a used quota.
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

/** When the period that `now` is in began; both in milliseconds since the epoch. */
export function periodStart({ period, offset }: QuotaSettings, now: number): number {
  const day = new Date(now);
  const midnight = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate());
  if (period === "DAY") return midnight;
  const dayMs = 86_400_000;
  if (period === "WEEK") return midnight - ((day.getUTCDay() - offset + 7) % 7) * dayMs;
  const monthAgo = day.getUTCDate() - 1 < offset ? 1 : 0;
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - monthAgo, 1 + offset);
}
