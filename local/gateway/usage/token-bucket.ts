// A token bucket, as API Gateway throttles with: an average rate of requests with bursts.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html

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

  /** Whether a request may pass. Takes no token, because another limit may still refuse the request. */
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
