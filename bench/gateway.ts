// The local gateway over HTTPS, to a bare HTTPS server that hands each request to the same function in one forked process.

import type { Row } from "./measure";
import { small } from "./function-over-http";
import { callInTurns, cpuRatios, serve } from "./served";

const routes = [
  { id: "authorizer", name: "a Lambda authorizer", set: { apiGatewayAuth: "lambda", apiGatewayKeyRequired: false } },
  { id: "key", name: "an API key", set: {} },
] as const;

export async function bench(): Promise<Row[]> {
  const rows: Row[] = [];
  const floor = await serve("gateway-floor");
  for (const { id, name, set } of routes) {
    const gateway = await serve("gateway", JSON.stringify(set));
    const taken = await callInTurns([floor, gateway], small, { turns: 7, requests: 2_000 });
    gateway.end();
    const what = `a small prediction behind the local gateway, with ${name}, to a bare HTTPS server with one function`;
    rows.push(
      {
        ...{ id: `gateway-${id}`, what, unit: "× CPU" },
        samples: cpuRatios(taken),
      },
      {
        ...{ id: `gateway-${id}-wall`, what, unit: "× wall" },
        samples: taken.map(([bare, ours]) => ours!.wall / bare!.wall),
      },
    );
  }
  floor.end();
  return rows;
}
