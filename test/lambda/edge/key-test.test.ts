import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { expect } from "chai";
import { projectRoot } from "../../../graph/evaluate";
import { type Authority, openAuthority } from "../../../local/certificates/authority";

describe("Functions: the test of a new key", () => {
  let folder: string;
  let authority: Authority;
  let server: Server;
  let seen: { host?: string; servername: unknown; authorization?: string }[];
  let status = 200;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "proof-"));
    authority = await openAuthority(folder);
    server = createServer(await authority.server(["api.example.com"]), ({ headers, socket }, answer) => {
      const { servername } = socket as TLSSocket & { servername: unknown };
      seen.push({ host: headers.host, servername, authorization: headers.authorization });
      answer.writeHead(headers["x-api-key"] === "the-key" ? status : 403).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(() => {
    seen = [];
    status = 200;
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const port = () => (server.address() as AddressInfo).port;
  async function verdict(api: object, { kind = "call", key = "the-key", ca = authority.file } = {}): Promise<string> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["run.mjs", "test/lambda/edge/run-key-test.ts", kind, JSON.stringify(api), key],
      { cwd: projectRoot, env: { PATH: process.env.PATH, ...(ca === "" ? {} : { NODE_EXTRA_CA_CERTS: ca }) } },
    );
    return stdout;
  }
  /** An own domain that no DNS server knows, and its endpoint. */
  const unknown = () => ({ url: `https://api.example.com:${port()}/dev`, target: "127.0.0.1" });

  it("reaches an own domain that has no DNS record yet by its endpoint, under the domain's name", async () => {
    expect(await verdict(unknown())).to.equal("let in");
    expect(await verdict(unknown(), { key: "another" })).to.equal("refused");
    expect(await verdict(unknown(), { kind: "signed" })).to.equal("let in");
    for (const { host, servername } of seen)
      expect([host, servername]).to.deep.equal([`api.example.com:${port()}`, "api.example.com"]);
    expect(seen.at(-1)!.authorization).to.match(/^AWS4-HMAC-SHA256 .*SignedHeaders=[^,]*host/);
  });

  it("never takes an API that it did not reach, or that fails, for one that refuses the key", async () => {
    expect(await verdict({ url: "https://api.invalid/dev" })).to.match(/^unreachable \(E(NOTFOUND|AI_AGAIN)\)$/);
    expect(await verdict({ ...unknown(), url: "https://api.example.com:1/dev" })).to.equal(
      "unreachable (ECONNREFUSED)",
    );
    status = 502;
    expect(await verdict(unknown())).to.equal("answered 502");
    status = 429;
    expect(await verdict(unknown())).to.equal("throttled");
  });

  it("sends no key to an endpoint whose certificate is not the domain's, or is not trusted", async () => {
    const other = { ...unknown(), url: `https://other.example.com:${port()}/dev` };
    expect(await verdict(other)).to.equal("unreachable (ERR_TLS_CERT_ALTNAME_INVALID)");
    expect(await verdict(unknown(), { ca: "" })).to.match(/^unreachable \((UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/);
    expect(seen).to.deep.equal([]);
  });
});
