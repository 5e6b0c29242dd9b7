// What the parts of the bench share: rows, and times that are taken in turns.

/** What was compared with what. Less is better in every row. */
export interface Row {
  /** By which its budget, and README, name it. */
  readonly id: string;
  /** What was measured, and to what, in one sentence. */
  readonly what: string;
  /** `× CPU`, `× wall`, `× memory`, or an absolute unit, in rows that have nothing to compare with. */
  readonly unit: string;
  /** One value for each turn. */
  readonly samples: readonly number[];
}

export interface Spread {
  readonly median: number;
  /** First and third quartile: half of the turns lie between them. */
  readonly low: number;
  readonly high: number;
}

export function spread(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((one, other) => one - other);
  const at = (share: number): number => {
    const place = (sorted.length - 1) * share;
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return below + (above - below) * (place % 1);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** Average CPU time of a call over all threads of this process, in microseconds. */
export async function cpu(call: () => unknown, times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

/**
 * Takes each measurement once a turn, so that the machine is as fast for one as for the others, which are compared within a turn. Each
 * comes first once: what one leaves behind may be to the next one's favour.
 * @returns for each turn, what was measured, in the order of the measurements
 */
export async function takeTurns<T>(turns: number, measurements: readonly (() => T | Promise<T>)[]): Promise<T[][]> {
  const taken: T[][] = [];
  for (let turn = 0; turn < turns; turn++) {
    const took = new Array<T>(measurements.length);
    for (const at of measurements.keys()) {
      const index = (at + turn) % measurements.length;
      took[index] = await measurements[index]!();
    }
    taken.push(took);
  }
  return taken;
}

/** Average CPU time of each of the calls, in microseconds, in short turns. @param times how often a call is made in a turn */
export async function inTurns(
  calls: readonly (() => unknown)[],
  { turns, times }: { readonly turns: number; readonly times: number },
): Promise<number[][]> {
  for (const call of calls) await cpu(call, times * 5); // Compiles, and fills the caches.
  return takeTurns(
    turns,
    calls.map((call) => () => cpu(call, times)),
  );
}
