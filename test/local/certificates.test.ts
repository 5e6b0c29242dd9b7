import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, rm, stat, readFile, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  type Authority,
  foreignAuthority,
  keepPair,
  openAuthority,
  type Pair,
} from "../../local/certificates/authority";

const day = 24 * 60 * 60 * 1000;

describe("the local certificate authority", () => {
  let directory: string;
  let servers: Server[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "authority-"));
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await rm(directory, { recursive: true });
  });

  /** "ok", or why a client that trusts this authority turns from a server with this certificate, or the server from the client. */
  async function visit(authority: Authority, pair: Pair, servername: string, client?: Pair, truststore?: string) {
    // Not rejecting by itself, so that the server can say why it would.
    const mutual = truststore === undefined ? {} : { ca: truststore, requestCert: true, rejectUnauthorized: false };
    const server = createServer({ ...pair, ...mutual }, ({ socket }, response) => {
      const { authorized, authorizationError } = socket as TLSSocket;
      response.end(truststore === undefined || authorized ? "ok" : String(authorizationError));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return new Promise<string>((resolve) => {
      request({ host: "127.0.0.1", port, servername, ca: authority.certificate, ...client }, (response) => {
        response.on("data", (chunk: Buffer) => resolve(chunk.toString()));
      })
        .on("error", (error: Error) => resolve(error.message))
        .end();
    });
  }

  it("signs for local names, addresses and the stack's own domains", async () => {
    const authority = await openAuthority(directory, ["models.acme.dev", "*.acme.io"]);
    const names = ["localhost", "127.0.0.1", "::1", "models.acme.dev", "api.models.acme.dev", "api.acme.io"];
    const pair = await authority.server(names);
    for (const name of names.filter((candidate) => !/^[\d:.]+$/.test(candidate)))
      expect(await visit(authority, pair, name), name).to.equal("ok");
    expect(new X509Certificate(pair.cert).checkIP("127.0.0.1")).to.equal("127.0.0.1");
  });

  it("is not believed for another site, even by those who trust it", async () => {
    const authority = await openAuthority(directory, ["models.acme.dev"]);
    for (const name of ["www.example.edu", "acme.dev", "notlocalhost"]) {
      expect(await visit(authority, await authority.server([name]), name), name).to.equal(
        "permitted subtree violation",
      );
    }
  });

  it("cannot sign for an address beyond the loopback", async () => {
    const authority = await openAuthority(directory);
    const pair = await authority.server(["localhost", "192.0.2.1"]);
    expect(await visit(authority, pair, "localhost")).to.equal("permitted subtree violation");
  });

  it("is an authority for end entities alone", async () => {
    const authority = await openAuthority(directory);
    expect(new X509Certificate(authority.certificate).ca).to.equal(true);
    const intermediate = await authority.server(["localhost"]);
    expect(new X509Certificate(intermediate.cert).ca).to.equal(false);
  });

  it("lets a client in with its certificate, and rejects a foreign one of the same names, and none", async () => {
    const authority = await openAuthority(directory);
    const server = await authority.server(["localhost"]);
    const trusted = authority.certificate;
    const foreign = await (await foreignAuthority()).client("local client");
    expect(await visit(authority, server, "localhost", await authority.client("local client"), trusted)).to.equal("ok");
    expect(await visit(authority, server, "localhost", foreign, trusted)).to.equal("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    expect(await visit(authority, server, "localhost", undefined, trusted)).to.equal("UNABLE_TO_GET_ISSUER_CERT");
    expect(await visit(authority, server, "localhost", server, trusted), "a server's").to.equal("INVALID_PURPOSE");
  });

  it("keeps its key where only its owner can read it", async () => {
    const { file } = await openAuthority(join(directory, "kept"));
    expect(((await stat(join(directory, "kept"))).mode & 0o777).toString(8)).to.equal("700");
    const key = file.replace(/\.pem$/, ".key.pem");
    expect(((await stat(key)).mode & 0o777).toString(8)).to.equal("600");
    expect(await readFile(key, "utf8")).to.include("PRIVATE KEY");
    expect(await readFile(file, "utf8")).to.not.include("PRIVATE KEY");
  });

  it("is the same one for every run, also for runs that start at once", async () => {
    const authorities = await Promise.all(new Array(8).fill(0).map(() => openAuthority(directory)));
    expect(new Set(authorities.map(({ certificate }) => certificate)).size).to.equal(1);
    expect((await openAuthority(directory)).certificate).to.equal(authorities[0]!.certificate);
    expect(await readFile(authorities[0]!.file, "utf8")).to.equal(authorities[0]!.certificate);
    expect(await readdir(directory), "no drafts left").to.have.length(2);
    expect(await visit(authorities[0]!, await authorities[7]!.server(["localhost"]), "localhost")).to.equal("ok");
  });

  it("keeps what it signed for servers: the same pair for the same names, which only its owner can read", async () => {
    const [one, other] = [await openAuthority(directory), await openAuthority(directory)];
    const pairs = await Promise.all([one, other, one].map((authority) => authority.server(["localhost", "127.0.0.1"])));
    expect(new Set(pairs.map(({ cert }) => cert)).size).to.equal(1);
    expect(await visit(other, pairs[0]!, "localhost")).to.equal("ok");
    expect((await one.server(["localhost"])).cert).not.to.equal(pairs[0]!.cert);
    for (const file of (await readdir(directory)).filter((name) => name.includes("server")))
      expect(((await stat(join(directory, file))).mode & 0o777).toString(8), file).to.equal("600");
  });

  it("signs anew for servers when it is made anew, as after its key was lost", async () => {
    const lost = await openAuthority(directory);
    const former = await lost.server(["localhost"]);
    await rm(lost.file);
    await rm(lost.file.replace(/\.pem$/, ".key.pem"));
    const authority = await openAuthority(directory);
    const pair = await authority.server(["localhost"]);
    expect(pair.cert).not.to.equal(former.cert);
    expect(await visit(authority, pair, "localhost")).to.equal("ok");
  });

  it("is another one for other domains, and good for 30 days at least on every day of the year", async () => {
    const first = await openAuthority(directory);
    expect((await openAuthority(directory, ["acme.dev"])).certificate).to.not.equal(first.certificate);
    const certificates = new Set<string>();
    for (let ahead = 0; ahead < 365; ahead += 5) {
      const now = new Date(Date.now() + ahead * day);
      const { certificate } = await openAuthority(directory, [], now);
      certificates.add(certificate);
      const { validFrom, validTo } = new X509Certificate(certificate);
      expect(Date.parse(validFrom)).to.be.at.most(now.getTime());
      expect(Date.parse(validTo) - now.getTime()).to.be.at.least(30 * day);
    }
    expect(certificates.size).to.be.within(4, 6);
  });

  it("says so when its file is damaged", async () => {
    const { file } = await openAuthority(directory);
    await writeFile(file.replace(/\.pem$/, ".key.pem"), "damaged");
    let message = "was opened";
    await openAuthority(directory).catch((error: Error) => (message = error.message));
    expect(message).to.match(/damaged: delete its folder/);
  });

  it("keeps a client's pair in files, the key with mode 0600 even over a looser one", async () => {
    const authority = await openAuthority(directory);
    await writeFile(join(directory, "client.key.pem"), "", { mode: 0o644 });
    const files = await keepPair(directory, "client", await authority.client("local client"));
    expect(((await stat(files.key)).mode & 0o777).toString(8)).to.equal("600");
    expect(new X509Certificate(await readFile(files.cert)).subject).to.equal("CN=local client");
  });
});
