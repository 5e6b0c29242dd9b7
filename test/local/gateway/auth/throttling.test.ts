import { expect } from "chai";
import { TokenBucket, periodStart, Quota } from "../../../../local/gateway/usage/throttling";

const at = (text: string): number => Date.parse(text);

function admitted(bucket: TokenBucket, now: number, attempts: number): number {
  let count = 0;
  for (let attempt = 0; attempt < attempts; attempt++)
    if (bucket.has(now)) {
      bucket.take();
      count++;
    }
  return count;
}

describe("a token bucket", () => {
  it("lets a burst through, then its rate", () => {
    const bucket = new TokenBucket({ rateLimit: 10, burstLimit: 5 }, 0);
    expect(admitted(bucket, 0, 20)).to.equal(5);
    expect(admitted(bucket, 99, 20)).to.equal(0);
    expect(admitted(bucket, 100, 20)).to.equal(1);
    expect(admitted(bucket, 400, 20)).to.equal(3);
  });

  it("holds no more than its burst, however long it rested", () => {
    const bucket = new TokenBucket({ rateLimit: 10, burstLimit: 5 }, 0);
    expect(admitted(bucket, 3_600_000, 20)).to.equal(5);
  });

  it("gives nothing for a clock set back", () => {
    const bucket = new TokenBucket({ rateLimit: 10, burstLimit: 1 }, 1_000);
    expect(admitted(bucket, 1_000, 2)).to.equal(1);
    expect(admitted(bucket, 0, 2)).to.equal(0);
    expect(admitted(bucket, 50, 2)).to.equal(0);
  });

  it("of no burst lets nothing through", () => {
    expect(admitted(new TokenBucket({ rateLimit: 10, burstLimit: 0 }, 0), 10_000, 3)).to.equal(0);
  });
});

describe("a quota's period", () => {
  const cases: [period: "DAY" | "WEEK" | "MONTH", offset: number, now: string, start: string][] = [
    ["DAY", 0, "2026-11-21T23:59:59Z", "2026-11-21T00:00:00Z"],
    ["WEEK", 0, "2026-11-21T08:00:00Z", "2026-11-15T00:00:00Z"],
    ["WEEK", 0, "2026-11-15T00:00:00Z", "2026-11-15T00:00:00Z"],
    ["WEEK", 1, "2026-11-15T08:00:00Z", "2026-11-09T00:00:00Z"],
    ["WEEK", 6, "2026-11-21T08:00:00Z", "2026-11-21T00:00:00Z"],
    ["MONTH", 0, "2026-11-21T08:00:00Z", "2026-11-01T00:00:00Z"],
    ["MONTH", 20, "2026-11-21T08:00:00Z", "2026-11-21T00:00:00Z"],
    ["MONTH", 21, "2026-11-21T08:00:00Z", "2026-10-22T00:00:00Z"],
    ["MONTH", 27, "2027-01-05T08:00:00Z", "2026-12-28T00:00:00Z"],
  ];
  for (const [period, offset, now, start] of cases)
    it(`${period} with offset ${offset} at ${now} began ${start}`, () => {
      expect(new Date(periodStart({ limit: 1, period, offset }, at(now))).toISOString()).to.equal(
        new Date(start).toISOString(),
      );
    });

  it("renews the quota at its end, and not for a clock set back", () => {
    const quota = new Quota({ limit: 1, period: "DAY", offset: 0 });
    expect(quota.has(at("2026-11-21T23:00:00Z"))).to.equal(true);
    quota.take();
    expect(quota.has(at("2026-11-21T23:59:59Z"))).to.equal(false);
    expect(quota.has(at("2026-11-20T12:00:00Z"))).to.equal(false);
    expect(quota.has(at("2026-11-22T00:00:00Z"))).to.equal(true);
  });
});
