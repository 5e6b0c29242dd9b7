// Calls every cell of a matrix on a stack that stands, at a bounded rate, and compares each answer.

import type { Api } from "../access-matrix/apis";
import type { Status } from "../access-matrix/evaluation";
import type { Cell, Matrix } from "../access-matrix/matrix";
import { callOf, type Example } from "./call";
import { type Answer, type Call, Client, Unreachable } from "./client";
import { Examples } from "./examples";
import { compared, type Outcome } from "./outcome";
import { Pace } from "./pace";
import { NotTried, type Source } from "./source";
import { type Standing, standingDifferences } from "./standing";

export interface Verified {
  readonly cell: Cell;
  /** `older TLS`: the version that was offered. */
  readonly tls?: string;
  /** Absent if it was not tried, or nothing answered. */
  readonly answered?: Status;
  readonly outcome: Outcome | "unreachable" | "not tried";
  /** Where the credential comes from; for `not tried` and `unreachable`, why. */
  readonly note: string;
}

export interface VerifyOptions {
  /** Calls a second to each API, at most. */
  readonly rate: number;
  /** Milliseconds before each repetition of a call that was not answered as expected, except one that let in more. */
  readonly repeatAfter: readonly number[];
}

export interface Verification {
  readonly cells: readonly Verified[];
  readonly standing: readonly Standing[];
}

/** Calls that are repeated, for each API: where more fail, it is not for want of patience. */
const mostRepeated = 12;

/** Calls that wait for their answer at the same time, for each API. */
const atOnce = 4;

const olderVersions: Readonly<Record<Cell["endpoint"]["tls"], readonly NonNullable<Call["tls"]>[]>> = {
  "1.3": ["TLSv1.2", "TLSv1.1", "TLSv1"],
  "1.2": ["TLSv1.1", "TLSv1"],
  "1.0": [],
};

/** The TLS versions that a cell is about, the newest first; empty: whatever the client offers. */
export function offeredVersions({ location, endpoint }: Pick<Cell, "location" | "endpoint">) {
  return location === "older TLS" ? olderVersions[endpoint.tls] : [];
}

/** One call: a cell, and for `older TLS` each older version. */
type Planned = Pick<Verified, "cell"> & { readonly tls?: Call["tls"] };

export async function verify(matrix: Matrix, source: Source, options: VerifyOptions): Promise<Verification> {
  const client = new Client(source.ca);
  try {
    const paces = new Map(matrix.apis.map((api): [Api, Pace] => [api, new Pace(options.rate)]));
    const send = async ({ cell, tls }: Planned, example: Example): Promise<{ answer: Answer; from: string }> => {
      const { call, from } = await callOf(cell, source, example);
      await paces.get(cell.api)!.turn();
      return { answer: await client.send({ ...call, tls }), from };
    };
    const examples = new Examples(matrix.cells, (cell, example) =>
      send({ cell }, example).then(
        ({ answer }) => (answer.status === 200 ? answer.body : undefined),
        () => undefined,
      ),
    );
    const attempt = async (planned: Planned): Promise<Verified> => {
      try {
        const { answer, from } = await send(planned, await examples.of(planned.cell));
        const { outcome, why } = compared(planned.cell, answer);
        return { ...planned, answered: answer.status, outcome, note: [why, from].filter(Boolean).join("; ") };
      } catch (error) {
        if (error instanceof NotTried) return { ...planned, outcome: "not tried", note: error.message };
        if (error instanceof Unreachable) return { ...planned, outcome: "unreachable", note: error.message };
        throw error;
      }
    };
    const repeated = new Map<Api, number>();
    const verified = async (planned: Planned): Promise<Verified> => {
      let found = await attempt(planned);
      if (["as expected", "not tried", "more"].includes(found.outcome)) return found;
      const count = (repeated.get(planned.cell.api) ?? 0) + 1;
      repeated.set(planned.cell.api, count);
      for (const pause of count > mostRepeated ? [] : options.repeatAfter) {
        await new Promise((resolve) => setTimeout(resolve, pause));
        found = await attempt(planned);
        if (found.outcome === "as expected") break;
      }
      return found;
    };
    const cells = await Promise.all(
      matrix.apis.map((api) => inTurn(planned(matrix.cells.filter((cell) => cell.api === api)), verified)),
    );
    return { cells: cells.flat(), standing: await standingDifferences(matrix, source) };
  } finally {
    client.close();
  }
}

function planned(cells: readonly Cell[]): Planned[] {
  return cells.flatMap((cell): Planned[] =>
    cell.location === "older TLS" ? offeredVersions(cell).map((tls) => ({ cell, tls })) : [{ cell }],
  );
}

/** Results in the order of the items. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = [...items.entries()];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[0]] = await work(next[1]);
    }),
  );
  return results;
}
