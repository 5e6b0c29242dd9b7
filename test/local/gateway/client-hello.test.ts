import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { connect } from "node:tls";
import { expect } from "chai";
import { serverNameIn } from "../../../local/server/client-hello";

/** The first bytes that Node's own TLS client sends. */
async function firstMessage(options: object): Promise<Buffer> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const arrived = once(server, "connection").then(async ([socket]) => {
    const [bytes] = (await once(socket as never, "data")) as [Buffer];
    (socket as { destroy(): void }).destroy();
    return bytes;
  });
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: "127.0.0.1", ...options }).on("error", () => undefined);
  const bytes = await arrived;
  client.destroy();
  server.close();
  return bytes;
}

/** The same handshake bytes in records of at most `size`. */
function fragmented(message: Buffer, size: number): Buffer {
  const handshake = message.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < handshake.length; at += size) {
    const part = handshake.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

describe("The server name of a first TLS message", () => {
  let hello: Buffer;
  before(async () => (hello = await firstMessage({ servername: "Models.Example.com" })));

  it("is found, in lower case, for TLS 1.3 and for TLS 1.2", async () => {
    expect(serverNameIn(hello)).to.equal("models.example.com");
    expect(serverNameIn(await firstMessage({ servername: "a.example", maxVersion: "TLSv1.2" }))).to.equal("a.example");
  });

  it("is empty where the client names none", async () => {
    expect(serverNameIn(await firstMessage({ servername: "" }))).to.equal("");
  });

  it("is waited for until the message is whole, wherever it is cut", () => {
    for (let length = 0; length < hello.length; length++)
      expect(serverNameIn(hello.subarray(0, length)), `after ${length} bytes`).to.equal(undefined);
  });

  it("is found in a message that is spread over records", () => {
    for (const size of [1, 2, 3, 7, 100]) expect(serverNameIn(fragmented(hello, size))).to.equal("models.example.com");
    const cut = fragmented(hello, 10);
    expect(serverNameIn(cut.subarray(0, cut.length - 1))).to.equal(undefined);
  });

  const others: [what: string, bytes: Buffer][] = [
    ["a request without TLS", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["an alert", Buffer.from([21, 3, 1, 0, 2, 1, 0])],
    ["another handshake message", Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0])],
    ["a message that claims 16 MB", Buffer.from([22, 3, 1, 0, 4, 1, 255, 255, 255])],
    ["empty records without end", Buffer.concat(new Array<Buffer>(4_000).fill(Buffer.from([22, 3, 1, 0, 0])))],
  ];
  for (const [what, bytes] of others)
    it(`is empty for ${what}`, () => {
      expect(serverNameIn(bytes)).to.equal("");
    });

  it("is never found by a crash: every single byte changed, and noise", () => {
    for (let at = 0; at < hello.length; at++) {
      const changed = Buffer.from(hello);
      changed[at] = changed[at]! ^ 0xff;
      expect(["string", "undefined"]).to.include(typeof serverNameIn(changed));
    }
    for (let round = 0; round < 500; round++) {
      const noise = Buffer.concat([Buffer.from([22, 3, 1, 0, 200, 1, 0, 0, 196]), randomBytes(196)]);
      expect(typeof serverNameIn(noise)).to.equal("string");
    }
  });
});
