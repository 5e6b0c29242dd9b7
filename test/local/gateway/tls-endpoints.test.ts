import { execFile } from "node:child_process";
import { once } from "node:events";
import { request as httpsRequest } from "node:https";
import { connect as connectPlain, createServer } from "node:net";
import { connect, type ConnectionOptions } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { type Authority, foreignAuthority, type Pair } from "../../../local/certificates/authority";
import type { HttpRequest, HttpResponse, TlsVersion } from "../../../local/server/http-message";
import { type GatewayServer, serve, type ServeOptions } from "../../../local/server/server";
import type { Endpoint } from "../../../local/server/tls-endpoints";
import { authorities, issue, type Issued, rsa } from "./certificates-made-here";

const domain = "models.example.com";

describe("The TLS endpoints of one port", () => {
  let authority: Authority;
  let main: Pair;
  let own: Pair;
  const open: GatewayServer[] = [];

  before(async () => {
    authority = await foreignAuthority();
    main = await authority.server(["localhost", "127.0.0.1"]);
    own = await authority.server([domain, "localhost"]);
  });
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close(0);
  });

  const says =
    (what: string) =>
    ({ clientCert, clientCertError, serverName }: HttpRequest): Promise<HttpResponse> =>
      Promise.resolve({
        status: 200,
        headers: [],
        body: JSON.stringify({ what, clientCert, clientCertError, serverName }),
      });

  interface Wanted {
    readonly main?: TlsVersion;
    readonly own?: TlsVersion;
    readonly truststore?: string;
    readonly patience?: ServeOptions["timeouts"];
  }

  async function start(wanted: Wanted = {}): Promise<number> {
    const endpoint: Endpoint = {
      minVersion: wanted.own ?? "TLSv1.2",
      tls: { ...own, truststore: wanted.truststore },
      respond: says("own"),
    };
    const server = await serve(
      { minVersion: wanted.main ?? "TLSv1.2", respond: says("main") },
      { tls: main, port: 0, named: new Map([[domain, endpoint]]), timeouts: wanted.patience },
    );
    open.push(server);
    return server.port;
  }

  interface Said {
    readonly what: string;
    readonly clientCert?: Record<string, unknown>;
    readonly clientCertError?: string;
    readonly serverName?: string;
  }

  function ask(port: number, servername: string, options: ConnectionOptions & { host?: string } = {}): Promise<Said> {
    const { host: hostHeader = servername, ...tls } = options;
    return new Promise((resolve, reject) => {
      httpsRequest(
        {
          host: "127.0.0.1",
          port,
          servername,
          ca: authority.certificate,
          agent: false,
          headers: { host: hostHeader },
          ...tls,
        },
        (response) => {
          let text = "";
          response.on("data", (chunk: Buffer) => (text += chunk.toString()));
          response.on("end", () => resolve(JSON.parse(text) as Said));
        },
      )
        .on("error", reject)
        .end();
    });
  }

  const failure = async (port: number, servername: string, options?: ConnectionOptions): Promise<string> => {
    try {
      const { what } = await ask(port, servername, options);
      return `answered by ${what}`;
    } catch (problem) {
      return `${(problem as NodeJS.ErrnoException).code} ${(problem as Error).message}`;
    }
  };

  it("are told apart by the name that TLS asks for, whatever Host says", async () => {
    const port = await start();
    expect(await ask(port, domain)).to.include({ what: "own", serverName: domain });
    expect((await ask(port, "MODELS.example.COM")).what).to.equal("own");
    expect((await ask(port, "localhost")).what).to.equal("main");
    expect((await ask(port, "localhost", { host: domain })).what).to.equal("main");
    expect((await ask(port, domain, { host: "localhost" })).what).to.equal("own");
  });

  it("show each its own certificate", async () => {
    const port = await start();
    const subject = async (servername: string): Promise<string | undefined> => {
      const socket = connect({ host: "127.0.0.1", port, servername, ca: authority.certificate });
      await once(socket, "secureConnect");
      const name = socket.getPeerX509Certificate()?.subject;
      socket.destroy();
      return name;
    };
    expect(await subject(domain)).to.equal(`CN=${domain}`);
    expect(await subject("localhost")).to.equal("CN=localhost");
  });

  describe("versions", () => {
    /** What OpenSSL's client says: at its lowest security level it is really able to speak the version. */
    const spawned = (port: number, servername: string, version: string): Promise<string> =>
      new Promise((resolve) => {
        const target = ["-connect", `127.0.0.1:${port}`, "-servername", servername];
        const child = execFile(
          "openssl",
          ["s_client", ...target, `-${version}`, "-cipher", "ALL:@SECLEVEL=0"],
          (problem, stdout, stderr) => resolve(`${problem?.code === "ENOENT" ? "ENOENT" : ""}${stdout}${stderr}`),
        );
        child.stdin?.on("error", () => undefined).end();
      });

    const cases: [main: TlsVersion, own: TlsVersion][] = [
      ["TLSv1.2", "TLSv1.3"],
      ["TLSv1.3", "TLSv1.2"],
    ];
    for (const [mainVersion, ownVersion] of cases)
      it(`have a floor each: ${mainVersion} at the default endpoint, ${ownVersion} at the domain`, async () => {
        const port = await start({ main: mainVersion, own: ownVersion });
        for (const [name, floor] of [
          ["localhost", mainVersion],
          [domain, ownVersion],
        ] as const) {
          expect((await ask(port, name)).what).to.equal(name === domain ? "own" : "main");
          const older = await failure(port, name, { maxVersion: "TLSv1.2" });
          if (floor === "TLSv1.2") expect(older).to.match(/^answered/);
          else expect(older).to.match(/protocol version/i);
          const ancient = await failure(port, name, {
            minVersion: "TLSv1.1",
            maxVersion: "TLSv1.1",
            ciphers: "ALL:@SECLEVEL=0",
          });
          expect(ancient).to.match(/alert protocol version/i);
        }
      });

    it("before the floor get a protocol-version alert, by a client that speaks them", async function () {
      const port = await start({ own: "TLSv1.3" });
      const first = await spawned(port, domain, "tls1_1");
      if (/unknown option|ENOENT/i.test(first)) return void this.skip(); // no OpenSSL here, or one without TLS 1.1
      expect(first).to.match(/alert number 70|tlsv1 alert protocol version/i);
      expect(await spawned(port, "localhost", "tls1_1")).to.match(/alert number 70|tlsv1 alert protocol version/i);
      expect(await spawned(port, domain, "tls1_2")).to.match(/alert number 70|tlsv1 alert protocol version/i);
      expect(await spawned(port, "localhost", "tls1_2")).to.match(/Protocol *: TLSv1\.2|New, TLSv1\.2/);
    });
  });

  describe("with mutual TLS", () => {
    let chain: Issued[];
    let client: Issued;
    before(async () => {
      chain = await authorities(6);
      client = await issue({ name: "client", issuer: chain[0] });
    });
    const showing = (leaf: Pick<Issued, "pem" | "key">, ...above: Issued[]): ConnectionOptions => ({
      cert: [leaf, ...above].map(({ pem }) => pem).join("\n"),
      key: leaf.key,
    });

    it("take a certificate of the truststore and hand it over", async () => {
      const port = await start({ truststore: chain[0]!.pem });
      for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
        const { clientCert, clientCertError } = await ask(port, domain, { ...showing(client), maxVersion });
        expect(clientCertError).to.equal(undefined);
        expect(clientCert).to.deep.equal({
          clientCertPem: `${client.pem}\n`,
          subjectDN: "CN=client,O=Example",
          issuerDN: "CN=authority 0,O=Example",
          serialNumber: client.certificate.serialNumber.match(/../g)!.join(":"),
          validity: clientCert!["validity"],
        });
        const { notBefore } = clientCert!["validity"] as { notBefore: string };
        expect(notBefore).to.equal("Jan  1 00:00:00 2026 GMT");
      }
    });

    it("end the connection of a client that shows none", async () => {
      const port = await start({ truststore: chain[0]!.pem });
      for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const)
        expect(await failure(port, domain, { maxVersion })).to.match(/^(ECONNRESET|EPIPE)/);
    });

    it("ask none at the default endpoint of the same port, and take none from there", async () => {
      const port = await start({ truststore: chain[0]!.pem });
      expect(await ask(port, "localhost", showing(client))).to.deep.equal({ what: "main", serverName: "localhost" });
    });

    it("answer a client whose certificate is untrusted before its body, and ask for none", async () => {
      const port = await start({ truststore: chain[0]!.pem });
      const stranger = showing(await issue({ name: "client" }));
      for (const headers of ["Host: h\r\nExpect: 100-continue\r\nContent-Length: 9000000", "Content-Length: 9000000"]) {
        const socket = connect({ host: "127.0.0.1", port, servername: domain, ca: authority.certificate, ...stranger });
        socket.on("error", () => undefined);
        socket.write(`POST / HTTP/1.1\r\n${headers}\r\n\r\n`);
        let got = "";
        for await (const chunk of socket) got += String(chunk);
        expect(got).to.match(/^HTTP\/1\.1 200 .*\r\nConnection: close\r\n.*"clientCertError":"\w+/s);
      }
    });

    const untrusted: [what: string, make: () => Promise<ConnectionOptions>, why: RegExp][] = [
      [
        "of another authority of the same name",
        async () => {
          const [other] = await authorities(1);
          return showing(await issue({ name: "client", issuer: other }));
        },
        /./,
      ],
      ["signed by itself", async () => showing(await issue({ name: "client" })), /SELF_SIGNED/],
      [
        "that brings its own authority along",
        async () => {
          const [other] = await authorities(1);
          return showing(await issue({ name: "client", issuer: other }), other!);
        },
        /SELF_SIGNED|ISSUER|SIGNATURE/,
      ],
      [
        "that has expired",
        async () => showing(await issue({ name: "client", issuer: chain[0], notAfter: new Date(Date.now() - 1_000) })),
        /EXPIRED/,
      ],
      [
        "signed by another client",
        async () => showing(await issue({ name: "client", issuer: client }), client),
        /INVALID_CA|UNSPECIFIED/,
      ],
      [
        "with an RSA key of 1,024 bits",
        async () => showing(await issue({ name: "client", issuer: chain[0], algorithm: rsa(1_024) })),
        /2048|KEY_TOO_SMALL|UNSPECIFIED/,
      ],
      [
        "signed with SHA-1",
        async () => showing(await issue({ name: "client", issuer: chain[0], hash: "SHA-1" })),
        /insecure hash|MD_TOO_WEAK|UNSPECIFIED/,
      ],
      [
        "under five authorities",
        async () => showing(await issue({ name: "client", issuer: chain[4] }), ...chain.slice(1, 5).reverse()),
        /longer than 4/,
      ],
    ];
    for (const [what, make, why] of untrusted)
      it(`do not trust a certificate ${what}`, async () => {
        const port = await start({ truststore: chain[0]!.pem });
        // At the lowest level of OpenSSL the client agrees to show what the server must refuse.
        const said = await ask(port, domain, { ...(await make()), ciphers: "DEFAULT:@SECLEVEL=0" });
        expect(said.clientCert).to.equal(undefined);
        expect(said.clientCertError).to.match(why);
      });

    it("trust a certificate under four authorities, and RSA of 2,048 bits", async () => {
      const port = await start({ truststore: chain[0]!.pem });
      const deep = await issue({ name: "deep", issuer: chain[3], algorithm: rsa(2_048) });
      const said = await ask(port, domain, showing(deep, ...chain.slice(1, 4).reverse()));
      expect(said.clientCert).to.include({ subjectDN: "CN=deep,O=Example" });
    });

    it("do not take a server's certificate of the same authority for a client's", async () => {
      const port = await start({ truststore: authority.certificate });
      const said = await ask(port, domain, own);
      expect(said).to.include({ clientCertError: "INVALID_PURPOSE" });
      expect((await ask(port, domain, await authority.client("c"))).clientCert).to.include({ subjectDN: "CN=c" });
    });

    it("resume no session: a certificate is shown each time", async () => {
      const port = await start({ truststore: chain[0]!.pem });
      for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
        const sessions: Buffer[] = [];
        const dial = async (session?: Buffer): Promise<boolean> => {
          const tls = { ...showing(client), ca: authority.certificate, session, maxVersion };
          const socket = connect({ host: "127.0.0.1", port, servername: domain, ...tls });
          socket.on("session", (ticket: Buffer) => sessions.push(ticket));
          await once(socket, "secureConnect");
          const reused = socket.isSessionReused();
          socket.write(`GET / HTTP/1.1\r\nHost: ${domain}\r\nConnection: close\r\n\r\n`);
          await once(socket.resume(), "close");
          return reused;
        };
        await dial();
        for (const session of sessions.splice(0)) expect(await dial(session), maxVersion).to.equal(false);
      }
    });
  });

  it("let nobody past a domain's handshake by spreading the first message over records", async () => {
    const [root] = await authorities(1);
    const port = await start({ truststore: root!.pem });
    // A client whose handshake bytes are cut anew on their way: its name stands in the third record.
    const proxy = await cutting(port, 40);
    try {
      expect(await failure(proxy.port, domain)).to.match(/^(ECONNRESET|EPIPE)/);
      expect((await ask(proxy.port, "localhost")).what).to.equal("main");
    } finally {
      proxy.close();
    }
  });

  it("wait for no client that does not say what it wants", async () => {
    // Comes first and to a server with more patience: its end would mean that the setting decides nothing.
    const waiting = connectPlain(await start({ patience: { headers: 600_000, request: 600_000 } }), "127.0.0.1");
    await once(waiting, "connect");
    const port = await start({ patience: { headers: 1_500 } });
    const started = Date.now();
    const silent = connectPlain(port, "127.0.0.1");
    const slow = connectPlain(port, "127.0.0.1", () => slow.write(Buffer.from([22, 3, 1, 2, 0, 1])));
    await Promise.all([once(silent.resume(), "close"), once(slow.resume(), "close")]);
    expect(Date.now() - started).to.be.at.least(1_400);
    expect(waiting.readyState).to.equal("open");
    waiting.destroy();
    expect((await ask(port, domain)).what).to.equal("own");
  });

  it("keep time and size bounds on a domain's connections too", async () => {
    const port = await start({ patience: { headers: 2_000, request: 3_000 } });
    const socket = connect({ host: "127.0.0.1", port, servername: domain, ca: authority.certificate });
    await once(socket, "secureConnect");
    socket.write("GET / HTTP/1.1\r\nHost: h\r\nX: ");
    let got = "";
    socket.on("data", (chunk: Buffer) => (got += chunk.toString()));
    await once(socket, "close");
    expect(got).to.match(/^HTTP\/1\.1 408 /);
  });

  it("answer what is no TLS by closing, and go on", async () => {
    const port = await start();
    const plain = connectPlain(port, "127.0.0.1", () => plain.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    plain.on("error", () => undefined);
    await once(plain.resume(), "close");
    expect((await ask(port, domain)).what).to.equal("own");
  });

  it("close at once, with clients that have said nothing and ones of a domain", async () => {
    const port = await start();
    const silent = connectPlain(port, "127.0.0.1");
    await once(silent, "connect");
    const idle = connect({ host: "127.0.0.1", port, servername: domain, ca: authority.certificate });
    await once(idle, "secureConnect");
    await sleep(20);
    const gone = Promise.all([once(silent.resume(), "close"), once(idle.resume(), "close")]);
    await open.splice(0)[0]!.close(100);
    await gone;
  });

  /** Forwards to a port, with the client's first handshake message in records of at most `size` bytes. */
  async function cutting(port: number, size: number): Promise<{ port: number; close(): void }> {
    const server = createServer((client) => {
      const upstream = connectPlain(port, "127.0.0.1");
      client.on("error", () => upstream.destroy());
      upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
      upstream.pipe(client);
      client.once("data", (first: Buffer) => {
        const message = first.subarray(5);
        for (let at = 0; at < message.length; at += size) {
          const part = message.subarray(at, at + size);
          upstream.write(Buffer.concat([Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part]));
        }
        client.pipe(upstream);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { port: (server.address() as { port: number }).port, close: () => server.close() };
  }
});
