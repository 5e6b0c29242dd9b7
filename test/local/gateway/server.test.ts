import { once } from "node:events";
import { request as httpsRequest, Agent } from "node:https";
import { connect, type TLSSocket } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { foreignAuthority } from "../../../local/certificates/authority";
import type { HttpRequest, HttpResponse } from "../../../local/server/http-message";
import { type GatewayServer, type ServerTimeouts, serve, type TlsOptions } from "../../../local/server/server";

interface Got {
  readonly status: number;
  readonly body: string;
  readonly connection?: string;
}

describe("The server of an API", () => {
  let tls: TlsOptions;
  let ca: string;
  const open: (() => Promise<void>)[] = [];

  before(async () => {
    const authority = await foreignAuthority();
    const { cert, key } = await authority.server(["localhost", "127.0.0.1"]);
    tls = { cert, key };
    ca = authority.certificate;
  });
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  async function start(
    respond: (request: HttpRequest) => Promise<HttpResponse>,
    patience?: Partial<ServerTimeouts>,
    minVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.2",
  ): Promise<GatewayServer> {
    const server = await serve({ respond, minVersion }, { tls, port: 0, timeouts: patience });
    open.push(() => server.close(0));
    return server;
  }

  const echo =
    (seen: HttpRequest[] = []) =>
    (request: HttpRequest): Promise<HttpResponse> => {
      seen.push(request);
      return Promise.resolve({
        status: 200,
        headers: [
          ["X-Twice", "1"],
          ["X-Twice", "2"],
        ],
        body: `${request.method} ${request.url} ${request.body.length}`,
      });
    };

  function call(
    port: number,
    options: {
      method?: string;
      path?: string;
      body?: Buffer;
      headers?: Record<string, string>;
      agent?: Agent;
      maxVersion?: "TLSv1.2";
    } = {},
  ): Promise<Got> {
    const { body, ...rest } = options;
    return new Promise((resolve, reject) => {
      const sent = httpsRequest({ host: "localhost", port, ca, agent: false, ...rest }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode!,
            body: Buffer.concat(chunks).toString(),
            connection: response.headers.connection,
          }),
        );
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** Writes bytes and reads until the server ends the connection, or `until` was seen. */
  async function raw(
    port: number,
    text: string | Buffer,
    until?: RegExp,
    then?: (socket: TLSSocket) => void,
  ): Promise<string> {
    const socket = connect({ host: "127.0.0.1", port, ca, servername: "localhost", ALPNProtocols: ["http/1.1"] });
    let got = "";
    await new Promise<void>((resolve) => {
      socket.on("data", (chunk) => {
        got += chunk.toString("latin1");
        if (until?.test(got)) resolve();
      });
      socket.on("close", () => resolve());
      socket.on("error", () => resolve());
      socket.write(text);
      then?.(socket);
    });
    socket.destroy();
    return got;
  }

  it("hands a request over as it was sent", async () => {
    const seen: HttpRequest[] = [];
    const { port } = await start(echo(seen));
    const before = Date.now();
    const got = await raw(
      port,
      `POST /dev//a%2fb?x=%20 HTTP/1.1\r\nHoSt: localhost\r\nx-A: 1\r\nX-a: 2\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc`,
    );
    expect(got).to.match(/^HTTP\/1\.1 200 OK\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 24\r\n/);
    const { receivedAt, headers, ...rest } = seen[0]!;
    expect(receivedAt).to.be.within(before, Date.now());
    expect(headers.slice(0, 4)).to.deep.equal([
      ["HoSt", "localhost"],
      ["x-A", "1"],
      ["X-a", "2"],
      ["Content-Length", "3"],
    ]);
    expect(rest).to.deep.equal({
      method: "POST",
      url: "/dev//a%2fb?x=%20",
      protocol: "HTTP/1.1",
      body: Buffer.from("abc"),
      sourceIp: "127.0.0.1",
      serverName: "localhost",
    });
  });

  it("keeps connections, and answers pipelined requests in order", async () => {
    const { port } = await start(async (request) => {
      await sleep(request.url === "/1" ? 30 : 0);
      return { status: 200, headers: [], body: request.url };
    });
    const one = (path: string, last = ""): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${last}\r\n`;
    const got = await raw(port, one("/1") + one("/2") + one("/3", "Connection: close\r\n"));
    expect([...got.matchAll(/\r\n\r\n(\/\d)/g)].map((match) => match[1])).to.deep.equal(["/1", "/2", "/3"]);
  });

  it("rejects a body over 10 MB before it is sent, and while it is sent", async () => {
    const { port } = await start(() => expect.fail("asked"));
    const declared = await raw(
      port,
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10485761\r\n\r\n",
      /exceeded/,
    );
    expect(declared)
      .to.match(/^HTTP\/1\.1 413 /)
      .and.to.match(/Connection: close/i);
    const got = await call(port, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect(got).to.deep.include({ status: 413, body: "HTTP content length exceeded 10485760 bytes." });
    const chunked = await call(port, {
      method: "POST",
      body: Buffer.alloc(11 * 1024 * 1024),
      headers: { "Transfer-Encoding": "chunked" },
    });
    expect(chunked.status).to.equal(413);
  });

  it("lets a client that reads only after it has sent everything learn why it was rejected", async () => {
    const { port } = await start(() => expect.fail("asked"), { discard: 300_000 });
    const socket = connect({ host: "127.0.0.1", port, ca, servername: "localhost" });
    await once(socket, "secureConnect");
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    await new Promise((resolve) => {
      socket.on("error", resolve);
      socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`);
      socket.write(body, resolve);
    });
    const got: Buffer[] = [];
    socket.on("data", (chunk) => got.push(chunk));
    await once(socket, "close");
    expect(Buffer.concat(got).toString()).to.match(/^HTTP\/1\.1 413 /);
  });

  it("takes a body of 10 MB", async () => {
    const { port } = await start(echo());
    expect((await call(port, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024) })).body).to.equal(
      "POST / 10485760",
    );
  });

  it("answers Expect: 100-continue by letting go on, or by rejecting", async () => {
    const { port } = await start(echo());
    const head = (length: number): string =>
      `POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;
    const fine = await raw(port, head(2), undefined, (socket) => socket.once("data", () => socket.write("ab")));
    expect(fine).to.match(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    const large = await raw(port, head(99_999_999));
    expect(large).to.match(/^HTTP\/1\.1 413 /);
  });

  const smuggling: [attack: string, text: string][] = [
    [
      "both lengths",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\nHost: h\r\n\r\n",
    ],
    ["two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde"],
    ["a disguised encoding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"],
    ["an unknown encoding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\nabc"],
    ["a folded header", "POST / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n"],
    ["a bare line feed", "GET / HTTP/1.1\nHost: h\n\n"],
    ["a negative length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"],
    [
      "a chunk size with a sign",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n",
    ],
    ["no host", "GET / HTTP/1.1\r\n\r\n"],
    ["a NUL in a header", "GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"],
    ["another protocol", "SSH-2.0-OpenSSH\r\n\r\n"],
  ];
  for (const [attack, text] of smuggling)
    it(`rejects ${attack}`, async () => {
      const seen: HttpRequest[] = [];
      const { port } = await start(echo(seen));
      const got = await raw(port, text);
      expect(got).to.match(/^HTTP\/1\.1 400 /);
      expect(seen.map(({ url }) => url)).not.to.include("/evil");
      expect([...got.matchAll(/HTTP\/1\.1 200/g)]).to.have.length(0);
    });

  const answered: [what: string, text: string, status: number, message: string][] = [
    ["a request without a host", "GET / HTTP/1.1\r\n\r\n", 400, "Bad Request"],
    [
      "an expectation that nobody knows",
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 200-maybe\r\nContent-Length: 2\r\n\r\nab",
      417,
      "Expectation Failed",
    ],
    [
      "another protocol",
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nPOST /smuggled HTTP/1.1\r\n",
      400,
      "Bad Request",
    ],
    ["a tunnel", "CONNECT evil.example.com:443 HTTP/1.1\r\nHost: h\r\n\r\nGET /evil HTTP/1.1\r\n", 400, "Bad Request"],
  ];
  for (const [what, text, status, message] of answered)
    it(`answers ${what} by ${status} with a body, and nothing after it`, async () => {
      const { port } = await start(() => expect.fail("asked"));
      const got = await raw(port, `${text}GET /next HTTP/1.1\r\nHost: h\r\n\r\n`);
      expect(got).to.match(new RegExp(`^HTTP/1\\.1 ${status} .*\r\n`));
      expect(got)
        .to.match(/\r\nContent-Type: application\/json\r\n/i)
        .and.to.match(/\r\nConnection: close\r\n/i);
      expect(got.slice(got.indexOf("\r\n\r\n") + 4)).to.equal(JSON.stringify({ message }));
    });

  it("keeps no connection of a client that asked for a tunnel and stays", async () => {
    const server = await start(() => expect.fail("asked"), { discard: 200 });
    // Goes on sending after the server has ended its half.
    const staying = { host: "127.0.0.1", port: server.port, ca, servername: "localhost", allowHalfOpen: true };
    const socket = connect(staying);
    const flood = setInterval(() => socket.write("more"), 5);
    socket.on("error", () => undefined);
    socket.write("CONNECT evil.example.com:443 HTTP/1.1\r\nHost: h\r\n\r\n");
    await new Promise((resolve) => socket.on("close", resolve));
    clearInterval(flood);
    await server.close(0);
  });

  it("rejects headers without end by 431", async () => {
    const { port } = await start(() => expect.fail("asked"));
    const got = await raw(port, `GET / HTTP/1.1\r\nHost: h\r\nX: ${"a".repeat(40_000)}\r\n\r\n`);
    expect(got).to.match(/^HTTP\/1\.1 431 /);
  });

  it("sees every header, however many", async () => {
    const seen: HttpRequest[] = [];
    const { port } = await start(echo(seen));
    await raw(
      port,
      `GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${"a:\r\n".repeat(3_000)}x-api-key: last\r\n\r\n`,
    );
    expect(seen[0]!.headers.at(-1)).to.deep.equal(["x-api-key", "last"]);
  });

  it("waits for no slow client", async () => {
    const { port } = await start(() => expect.fail("asked"), { headers: 1_500, request: 2_000 });
    const slowHeaders = raw(port, "GET / HTTP/1.1\r\nHost: h\r\nX: ");
    const slowBody = raw(port, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nab");
    expect(await slowHeaders).to.match(/^HTTP\/1\.1 408 /);
    expect(await slowBody).to.match(/^HTTP\/1\.1 408 |^$/);
  });

  it("survives a client that leaves, and an API that rejects", async () => {
    let fail = true;
    const { port } = await start((request) => {
      if (request.url === "/reject" && fail) return Promise.reject(new Error("secret"));
      return sleep(20).then(() => ({ status: 200, headers: [], body: "fine" }));
    });
    const got = await call(port, { path: "/reject" });
    expect(got).to.deep.include({ status: 500, body: '{"message":"Internal server error"}' });
    await raw(port, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n", undefined, (socket) =>
      setTimeout(() => socket.destroy(), 5),
    );
    await raw(port, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nab", undefined, (socket) =>
      setTimeout(() => socket.destroy(), 5),
    );
    fail = false;
    expect((await call(port)).body).to.equal("fine");
  });

  it("sends no body and no length where there must be none", async () => {
    const { port } = await start((request) =>
      Promise.resolve({ status: Number(request.url.slice(1)), headers: [], body: "x" }),
    );
    const got = await raw(
      port,
      "GET /204 HTTP/1.1\r\nHost: h\r\n\r\nGET /304 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /200 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    );
    expect(got).not.to.match(/\r\n\r\nx/);
    expect([...got.matchAll(/^content-length: (\d+)/gim)].map((match) => match[1])).to.deep.equal(["1"]);
  });

  it("speaks TLS 1.3 alone where the endpoint's policy says so", async () => {
    const strict = await start(echo(), undefined, "TLSv1.3");
    const lenient = await start(echo());
    expect((await call(lenient.port, { maxVersion: "TLSv1.2" })).status).to.equal(200);
    expect((await call(strict.port)).status).to.equal(200);
    const refused = await call(strict.port, { maxVersion: "TLSv1.2" }).catch((problem: Error) => problem);
    expect(refused)
      .to.be.instanceOf(Error)
      .with.property("message")
      .that.matches(/version/);
  });

  it("closes fast, with idle connections and calls under way", async () => {
    const server = await start(() => new Promise(() => undefined));
    const agent = new Agent({ keepAlive: true });
    const pending = call(server.port, { agent }).catch(() => "ended");
    await sleep(50);
    await server.close(100);
    expect(await pending).to.equal("ended");
    agent.destroy();
  });
});
