// A token bucket: requests per second on average, with bursts. This is how API Gateway throttles.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html

export interface Throttle {
  /** Tokens a second. */
  readonly rateLimit: number;
  /** Most tokens the bucket holds. */
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

  /** Whether a request would be let through. Takes nothing: the other limits may yet refuse it. */
  has(now: number): boolean {
    // A clock set back gives no tokens and takes none.
    const elapsed = Math.max(0, now - this.filledAt);
    this.tokens = Math.min(this.limits.burstLimit, this.tokens + (elapsed / 1000) * this.limits.rateLimit);
    this.filledAt = now;
    return this.tokens >= 1;
  }

  take(): void {
    this.tokens -= 1;
  }
}
