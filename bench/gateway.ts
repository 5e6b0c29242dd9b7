// Requests that the local gateway answers, and the CPU time that they take, beside a bare HTTPS server that hands each to the same
// handler in one forked process: both in processes of their own, called in turn by sixteen connections that are kept alive.

import { fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { flower } from "../test/local/served";
import { median, type Row } from "./handler";

/** What a server's process sends once it answers. */
export interface Ready {
  readonly url: string;
  /** Certificate to trust, PEM. */
  readonly ca: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Server extends Ready {
  readonly agent: Agent;
  /** CPU time in seconds that its process and those below it have taken; undefined where the system does not tell. */
  cpu(): number | undefined;
  end(): void;
}

/** How a program of this project is started without run.mjs. */
const compiled = ["--require", join(__dirname, "../compile.cjs")];

const connections = 16;
const rounds = 5;
/** Requests of a round, for each server. */
const requests = 3_000;

export async function bench(): Promise<Row[]> {
  const rows: Row[] = [];
  const floor = await serve("floor");
  for (const [what, settings] of [
    ["a Lambda authorizer", { apiGatewayAuth: "lambda", apiGatewayKeyRequired: false }],
    ["an API key", {}],
  ] as const) {
    const ours = await serve("run", JSON.stringify(settings));
    const measured: { wall: number; cpu: number | undefined }[] = [];
    for (let round = 0; round <= rounds; round++) {
      const [bare, served] = [await measure(floor), await measure(ours)];
      const cpu = bare.cpu === undefined || served.cpu === undefined ? undefined : served.cpu / bare.cpu;
      // The first round warms both up.
      if (round > 0) measured.push({ wall: bare.wall / served.wall, cpu });
    }
    ours.end();
    const wall = measured.map((one) => one.wall);
    const cpu = measured.flatMap((one) => one.cpu ?? []);
    const name = `local gateway, ${what}, to a bare HTTPS server with the handler in one forked process`;
    rows.push({ name: `${name} (${spread(wall)})`, ratio: median(wall), unit: "× requests/s" });
    if (cpu.length > 0) rows.push({ name: `${name} (${spread(cpu)})`, ratio: median(cpu), unit: "× CPU" });
  }
  floor.end();
  return rows;
}

const spread = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;

async function serve(...args: string[]): Promise<Server> {
  const child = fork(join(__dirname, "gateway-server.ts"), args, {
    execArgv: compiled,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Ready));
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca: ready.ca });
  return {
    ...ready,
    agent,
    cpu: () => cpuOf(child.pid!),
    end: () => {
      agent.destroy();
      child.disconnect();
    },
  };
}

/** Wall and CPU time of a round, in seconds. @throws Error if a request is not answered with a prediction */
async function measure(server: Server): Promise<{ wall: number; cpu: number | undefined }> {
  const [cpu, wall] = [server.cpu(), performance.now()];
  let left = requests;
  const caller = async (): Promise<void> => {
    while (left-- > 0) await call(server);
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const after = server.cpu();
  return {
    wall: (performance.now() - wall) / 1000,
    cpu: cpu === undefined || after === undefined ? undefined : after - cpu,
  };
}

function call({ url, headers, agent }: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers: { ...headers, "content-type": "application/json" } });
    sent.on("response", (response) => {
      response.resume().on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    sent.on("error", reject).end(flower);
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
