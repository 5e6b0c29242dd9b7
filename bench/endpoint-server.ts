// An endpoint for `endpoint.ts`, in a process of its own so that its work is not counted: it reads each request whole, and gives the
// answer that it was sent last.

import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { authorityPair, serverPair } from "../local/certificates/certificate";
import type { EngineReply } from "./endpoint";

async function main(): Promise<void> {
  const day = 24 * 60 * 60 * 1000;
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
  const authority = await authorityPair("bench", ["localhost"], validity);
  let reply = { type: "", body: Buffer.alloc(0) };
  const server = createServer(await serverPair(authority, ["localhost"]), (request, response) => {
    request.resume().on("end", () => {
      response
        .writeHead(200, { "content-type": reply.type, "content-length": reply.body.length })
        .end(request.method === "GET" ? "" : reply.body);
    });
  });
  process.on("message", ({ type, body }: EngineReply) => {
    reply = { type, body: Buffer.from(body, "base64") };
    process.send!("set");
  });
  process.on("disconnect", () => process.exit(0));
  server.listen(0, "127.0.0.1", () => {
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    process.send!({ url, ca: authority.cert, headers: {} });
  });
}

void main();
