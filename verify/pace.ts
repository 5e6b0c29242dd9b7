// Bounds the rate of calls, so that a verification neither uses up a throttle that callers share nor meets a firewall's limit.

export class Pace {
  private next = 0;

  /** @param rate calls a second, at most */
  constructor(private readonly rate: number) {}

  /** Resolves when the next call may start. */
  async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.next);
    this.next = at + 1_000 / this.rate;
    if (at > now) await new Promise((resolve) => setTimeout(resolve, at - now));
  }
}

/** Calls a second to each API: far below the least limit of a firewall (10 a second on average over five minutes: 3000). */
const usualRate = 8;

/**
 * The rate that suits a stack. Most calls of a verification are refused; where alarms watch for refusals, it stays below
 * what raises one.
 * @param settings of the stack, by key
 */
export function rateFor({ alarms, refusalsPerMinute }: Readonly<Record<string, string>>): number {
  return alarms === "true" ? Math.min(usualRate, (0.8 * Number(refusalsPerMinute)) / 60) : usualRate;
}
