// Servers in processes of their own, called in turn over connections that are kept alive: CPU time and wall time of a request.

import { type ChildProcess, fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { join } from "node:path";
import { takeTurns } from "./measure";

/** How a program of this project is started without run.mjs. */
export const compiled = ["--require", join(__dirname, "../compile.cjs")];

/** What a server's process sends once it answers. */
export interface Ready {
  readonly url: string;
  /** Certificate to trust, PEM; not given: it speaks HTTP. */
  readonly ca?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Address of the run's console; absent: it has none. */
  readonly console?: string;
}

export interface Server extends Ready {
  readonly agent: PlainAgent;
  readonly process: ChildProcess;
  end(): void;
}

/** CPU and wall time of a request, in microseconds; no CPU time where the system does not tell. */
export interface Taken {
  readonly cpu: number | undefined;
  readonly wall: number;
}

const connections = 16;

/** Starts bench/servers.ts. */
export async function serve(...args: string[]): Promise<Server> {
  const child = fork(join(__dirname, "servers.ts"), args, {
    execArgv: compiled,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Ready));
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const options = { keepAlive: true, maxSockets: connections };
  const agent = ready.ca === undefined ? new PlainAgent(options) : new Agent({ ...options, ca: ready.ca });
  return {
    ...{ ...ready, agent, process: child },
    end: () => {
      agent.destroy();
      child.disconnect();
    },
  };
}

/**
 * What each server takes for a request, in turns, after one that warms it up.
 * @throws Error if a request is not answered with 200
 */
export async function callInTurns(
  servers: readonly Server[],
  body: string,
  { turns, requests }: { readonly turns: number; readonly requests: number },
): Promise<Taken[][]> {
  const measurements = servers.map((server) => () => measure(server, body, requests));
  await takeTurns(1, measurements);
  return takeTurns(turns, measurements);
}

/** The second server's CPU time to the first's; none where the system does not tell. */
export function cpuRatios(taken: readonly Taken[][]): number[] {
  return taken.flatMap(([floor, ours]) => (floor?.cpu === undefined ? [] : ours!.cpu! / floor.cpu));
}

async function measure(server: Server, body: string, requests: number): Promise<Taken> {
  const [cpu, wall] = [cpuOf(server.process.pid!), performance.now()];
  let left = requests;
  const caller = async (): Promise<void> => {
    while (left-- > 0) await call(server, body);
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const micros = ((performance.now() - wall) * 1000) / requests;
  const after = cpuOf(server.process.pid!);
  return {
    wall: micros,
    cpu: cpu === undefined || after === undefined ? undefined : ((after - cpu) * 1e6) / requests,
  };
}

function call({ url, ca, headers, agent }: Server, body: string): Promise<void> {
  const request = ca === undefined ? plainRequest : secureRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers: { ...headers, "content-type": "application/json" } });
    sent.on("response", (response) => {
      response.resume().on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    sent.on("error", reject).end(body);
  });
}

/** CPU time in seconds of a process and all below it. Source: proc(5): fields 4 (parent), 14 to 17, in ticks of 10 ms */
function cpuOf(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const stats = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const fields = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").pop()!.split(" ");
        const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
        return [{ pid: Number(name), parent: Number(fields[1]), ticks }];
      } catch {
        return []; // It has ended.
      }
    });
  const below = (parent: number): number =>
    stats.filter((one) => one.parent === parent).reduce((sum, one) => sum + one.ticks + below(one.pid), 0);
  return ((stats.find((one) => one.pid === pid)?.ticks ?? 0) + below(pid)) / 100;
}
