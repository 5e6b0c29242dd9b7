// The function behind the plainest HTTP server, as other model servers are called, to that server alone.

import type { Row } from "./measure";
import { callInTurns, cpuRatios, serve } from "./served";

/** The smallest request of the shipped model. */
export const small = JSON.stringify({
  inputs: [{ name: "features", shape: [1, 4], datatype: "FP32", data: [5.1, 3.5, 1.4, 0.2] }],
});

export async function bench(): Promise<Row[]> {
  const servers = [await serve("function-floor"), await serve("function")];
  try {
    const taken = await callInTurns(servers, small, { turns: 10, requests: 8_000 });
    const what = "a small prediction over HTTP, to the same server with the answer in its memory";
    return [{ id: "http-function", what, unit: "× CPU", samples: cpuRatios(taken) }];
  } finally {
    for (const server of servers) server.end();
  }
}
