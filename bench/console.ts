// What it costs a call of the local gateway that the console keeps it, with the page closed and with it open, to a run without a console.

import type { Row } from "./measure";
import { small } from "./function-over-http";
import { callInTurns, cpuRatios, serve, type Server } from "./served";

export async function bench(): Promise<Row[]> {
  const servers = [
    await serve("gateway", "{}"),
    await serve("gateway", "{}", "console"),
    await serve("gateway", "{}", "console"),
  ];
  const [without, closed, open] = servers as [Server, Server, Server];
  const stop = await openPage(open.console!);
  const taken = await callInTurns(servers, small, { turns: 15, requests: 1_000 });
  stop();
  for (const server of [without, closed, open]) server.end();
  const what = "a small prediction behind the local gateway, with an API key and the console";
  return [
    {
      ...{ id: "console-closed", what: `${what}, its page closed, to a run without one`, unit: "× CPU" },
      samples: cpuRatios(taken),
    },
    {
      ...{ id: "console-open", what: `${what}, its page open, to a run without one`, unit: "× CPU" },
      samples: cpuRatios(taken.map(([floor, , own]) => [floor!, own!])),
    },
  ];
}

/** Reads the timeline as the page does. @returns how to close it */
async function openPage(address: string): Promise<() => void> {
  const { origin, searchParams } = new URL(address);
  const stopped = new AbortController();
  const headers = { authorization: `Bearer ${searchParams.get("token")}` };
  const { body, status } = await fetch(`${origin}/api/calls`, { headers, signal: stopped.signal });
  if (status !== 200) throw new Error(`the console answered ${status}`);
  void body!.pipeTo(new WritableStream()).catch(() => undefined); // Until it is stopped.
  return () => stopped.abort();
}
