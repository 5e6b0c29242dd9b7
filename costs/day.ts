// The arrivals of a day on paper: a sine with its peak in the afternoon, bursts, and chance; the same for the same seed.

export const secondsOfDay = 24 * 60 * 60;

/** At night a fifth of the mean, at 14:00 nine fifths. */
const swing = 0.8;
const peakHour = 14;
/** A burst brings this many times the requests of its hour. */
const burst = { aDay: 6, seconds: 600, factor: 2 };

/**
 * Requests in each second of a day.
 * @param rate requests per second, the mean of the day
 */
export function arrivals(rate: number, seed = 1): Float64Array {
  const random = randomNumbers(seed);
  const shape = Float64Array.from(
    { length: secondsOfDay },
    (_, second) => 1 + swing * Math.cos((2 * Math.PI * (second - peakHour * 3600)) / secondsOfDay),
  );
  for (let count = 0; count < burst.aDay; count++) {
    const start = Math.floor(random() * (secondsOfDay - burst.seconds));
    for (let second = start; second < start + burst.seconds; second++) shape[second]! *= burst.factor;
  }
  const mean = shape.reduce((sum, one) => sum + one, 0) / secondsOfDay;
  return shape.map((one) => poisson((rate * one) / mean, random));
}

/** Numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many come in a second in which `mean` are expected: by Knuth's method, or for many by the normal distribution. */
function poisson(mean: number, random: () => number): number {
  if (mean > 30) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}
