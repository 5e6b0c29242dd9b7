// The ports at which debuggers find the functions' processes, by Node's inspector. A function keeps its port for the whole run, and
// one process at a time has it, so that an editor that was attached before a change attaches again after it.

import { createServer, type AddressInfo } from "node:net";
import type { Environment } from "./environments/environment";

/**
 * How long a function and its callers wait while a debugger may hold it, in milliseconds: a day. Nobody outside the process knows
 * whether it is held, so time limits do not apply at all; and the code, which asks for the time that remains, never finds it short.
 */
export const heldMs = 24 * 3600 * 1000;

export class InspectorPorts {
  private readonly ports = new Map<string, number>();
  /** By function: fulfilled when no process has its port, or will have. */
  private readonly released = new Map<string, Promise<void>>();
  /** Fulfilled when debuggers can attach to all processes that were given a port so far and have not ended. */
  open: Promise<void> = Promise.resolve();

  /** @param first port of the first function; others take those after it. 0: any free ports */
  constructor(private readonly first: number) {}

  /** By function, in the order in which they were assigned. */
  get all(): ReadonlyMap<string, number> {
    return this.ports;
  }

  /** Assigns a port to each function that has none. @throws Error with its cure if one cannot be had */
  async assign(functionNames: readonly string[]): Promise<void> {
    for (const name of functionNames) {
      if (this.ports.has(name)) continue;
      let port = await freePort(this.first === 0 ? 0 : this.first + this.ports.size, name);
      while ([...this.ports.values()].includes(port)) port = await freePort(0, name); // A free one may be found twice.
      this.ports.set(name, port);
    }
  }

  /**
   * Opens a function's port in a new process, once that has initialised and those before it have ended: until then, the calls in
   * flight are theirs.
   */
  give(functionName: string, environment: Environment): void {
    const before = this.released.get(functionName);
    this.released.set(functionName, both(before, environment.gone));
    const ready = both(before, environment.initialised);
    this.open = both(
      this.open,
      ready.then(() => (environment.ending ? undefined : environment.inspect())),
    );
  }
}

async function both(one: Promise<unknown> | undefined, other: Promise<unknown>): Promise<void> {
  await one;
  await other;
}

/** The port if it is free, found by listening for a moment; Node itself would say so in the function's log alone. */
function freePort(port: number, functionName: string): Promise<number> {
  const cure = "choose the first port with --inspect=PORT, or --inspect=0 for any free ones";
  if (port > 65_535) throw new Error(`--inspect: no port is left for the function ${functionName}: ${cure}`);
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", ({ code }: NodeJS.ErrnoException) => {
      const why = code === "EADDRINUSE" ? "is taken by another program" : `cannot be had (${code})`;
      reject(new Error(`--inspect: port ${port}, for the function ${functionName}, ${why}: ${cure}`));
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });
}
