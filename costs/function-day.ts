// What a day costs in the model function. It has 1769 MB, one vCPU, and so computes one request at a time in each environment.

import { prices } from "./prices";

/** A model as far as its costs go. */
export interface ModelWork {
  /** Size of its files in MB. */
  readonly megabytes: number;
  /** Milliseconds that one vCPU computes for a request. */
  readonly cpuMs: number;
  /** Milliseconds that a GPU computes for a request; absent: as assumed in `gpuMs`. */
  readonly gpuMs?: number;
  /** KB of a request and its answer together. */
  readonly kilobytes: number;
}

export interface Day {
  readonly dollars: number;
  readonly requests: number;
}

/** GB of memory that give an environment one vCPU (1769 MB). */
export const vcpuMemory = 1769 / 1024;

/** Milliseconds of a request beside the model: validation, reading and writing. */
const handlingMs = 3;

/** Milliseconds of a start: Node.js, the library, and the model, of which 1 MB takes about 4 ms. */
export const startMs = ({ megabytes }: ModelWork): number => 400 + 4 * megabytes;

/** Minutes after which an environment without requests is taken for ended. AWS names no number. */
const idleMinutes = 10;

export interface FunctionDay extends Day {
  readonly coldStarts: number;
}

/** @param arrivals requests in each second */
export function functionDay(arrivals: Float64Array, model: ModelWork): FunctionDay {
  const ms = Math.ceil(handlingMs + model.cpuMs);
  const requests = arrivals.reduce((sum, one) => sum + one, 0);
  const coldStarts = startsOf(arrivals, ms);
  const gbSeconds = (vcpuMemory * (requests * ms + coldStarts * startMs(model))) / 1000;
  return { requests, coldStarts, dollars: requests * prices.lambdaRequest + gbSeconds * prices.lambdaGbSecond };
}

/**
 * Starts of environments. In a second with a mean of `a` requests at the same time up to a + 3√a are taken to be (Poisson,
 * three standard deviations); what was needed in one minute stays for `idleMinutes`.
 */
function startsOf(arrivals: Float64Array, ms: number): number {
  const needed: number[] = [];
  for (let second = 0; second < arrivals.length; second++) {
    const mean = (arrivals[second]! * ms) / 1000;
    const minute = Math.floor(second / 60);
    needed[minute] = Math.max(needed[minute] ?? 0, Math.ceil(mean + 3 * Math.sqrt(mean)));
  }
  const standing = needed.map((_, minute) =>
    Math.max(...needed.slice(Math.max(0, minute - idleMinutes + 1), minute + 1)),
  );
  return standing.reduce((sum, count, minute) => sum + Math.max(0, count - (standing[minute - 1] ?? 0)), 0);
}
