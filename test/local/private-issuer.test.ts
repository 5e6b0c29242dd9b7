// An issuer behind a company's own certificate authority, and behind its proxy.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { hostProxy, trustedFile } from "../../local/base/host-network";
import { openAuthority } from "../../local/certificates/authority";
import { issuerDocument } from "../../local/gateway/auth/jwt/key-set";
import { audience, scene, type Scene } from "../lambda/authorizer/local-issuer";
import { flower, serveStack } from "./served";

describe("An issuer behind a private certificate authority", () => {
  let company: Scene;
  const inherited = process.env.NODE_EXTRA_CA_CERTS;

  before(async () => (company = await scene()));
  after(() => company.close());
  afterEach(() => {
    if (inherited === undefined) delete process.env.NODE_EXTRA_CA_CERTS;
    else process.env.NODE_EXTRA_CA_CERTS = inherited;
  });

  async function status(set: Record<string, unknown>): Promise<number> {
    const own = { apiGatewayAuth: "lambda", oidcIssuer: company.issuer.url, oidcAudience: audience };
    const served = await serveStack({ ...own, ...set });
    try {
      const headers = { authorization: `Bearer ${await company.issuer.tokens.genuine()}` };
      return (await served.call("POST", "/mymodel", { headers, body: flower })).status;
    } finally {
      await served.run.close();
    }
  }

  it("is trusted by the authorizer if oidcAuthorities or NODE_EXTRA_CA_CERTS name it, and otherwise by none", async () => {
    expect(await status({})).to.equal(500);
    expect(await status({ oidcAuthorities: company.authority.file })).to.equal(200);
    process.env.NODE_EXTRA_CA_CERTS = company.authority.file;
    expect(await status({})).to.equal(200);
    // What the setting names is all that is trusted, as on AWS.
    const other = await openAuthority(join(dirname(company.authority.file), "other"));
    expect(await status({ oidcAuthorities: other.file })).to.equal(500);
  });

  it("is trusted by a JWT authorizer through NODE_EXTRA_CA_CERTS", async () => {
    const own = (await openAuthority(join(dirname(company.authority.file), "own"))).certificate;
    const address = `${company.issuer.url.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const failure = await issuerDocument(address, own).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure?.message).to.match(/certificate/);
    process.env.NODE_EXTRA_CA_CERTS = company.authority.file;
    expect(await issuerDocument(address, own)).to.have.property("issuer", company.issuer.url);
  });

  it("does not replace the local issuer's own authority", async () => {
    const set = { apiGatewayAuth: "lambda", oidcAuthorities: company.authority.file };
    const served = await serveStack(set);
    try {
      const headers = { authorization: `Bearer ${served.run.credentials.token!}` };
      expect((await served.call("POST", "/mymodel", { headers, body: flower })).status).to.equal(200);
    } finally {
      await served.run.close();
    }
  });
});

describe("This machine's own way to the internet", () => {
  it("is a file with both authorities, or an error that names the variable", () => {
    const folder = mkdtempSync(join(tmpdir(), "trusted-"));
    try {
      const [own, company] = [join(folder, "own.pem"), join(folder, "company.pem")];
      writeFileSync(own, "own\n");
      writeFileSync(company, "company\n");
      expect(trustedFile(own, folder, {})).to.equal(own);
      const file = trustedFile(own, folder, { NODE_EXTRA_CA_CERTS: company });
      expect(readFileSync(file, "utf8")).to.equal("own\ncompany\n");
      expect(trustedFile(own, folder, { NODE_EXTRA_CA_CERTS: company })).to.equal(file);
      const missing = { NODE_EXTRA_CA_CERTS: join(folder, "none.pem") };
      expect(() => trustedFile(own, folder, missing)).to.throw("NODE_EXTRA_CA_CERTS: the file cannot be read (ENOENT)");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is the proxy that Node.js is told to use, and never for this machine itself", () => {
    const HTTPS_PROXY = "http://proxy.example.com:3128";
    expect(hostProxy({ HTTPS_PROXY })).to.deep.equal({});
    const used = { HTTPS_PROXY, NODE_USE_ENV_PROXY: "1" };
    const NO_PROXY = "localhost,127.0.0.1,::1";
    expect(hostProxy({ ...used, HOME: "/root" })).to.deep.equal({ ...used, NO_PROXY });
    expect(hostProxy({ ...used, NO_PROXY: ".example.com" })).to.deep.equal({
      ...used,
      NO_PROXY: `.example.com,${NO_PROXY}`,
    });
  });

  it("leads an authorizer to its issuer through that proxy", async function () {
    const [major, minor] = process.versions.node.split(".").map(Number) as [number, number];
    if (major < 22 || (major === 22 && minor < 21) || (major === 24 && minor < 5)) return this.skip(); // No proxy in Node.js itself.
    const asked: string[] = [];
    const company = await scene();
    const proxy: Server = createServer();
    proxy.on("connect", ({ url }, socket) => {
      asked.push(url!);
      const to = connect(Number(new URL(company.issuer.url).port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        to.pipe(socket).pipe(to);
      });
      to.on("error", () => socket.destroy());
      socket.on("error", () => to.destroy());
    });
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    const program = `const { Issuer } = require(${JSON.stringify(require.resolve("../../lambda/edge/issuer"))});
      new Issuer("https://issuer.example.com/").key("k").then(() => console.log("fetched"), (error) => console.log(error.cause.message));`;
    const env = {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: company.authority.file,
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NODE_USE_ENV_PROXY: "1",
    };
    try {
      const args = ["--import", require.resolve("tsx"), "--input-type=commonjs", "-e", program];
      await promisify(execFile)(process.execPath, args, { env });
      expect(asked).to.deep.equal(["issuer.example.com:443"]);
    } finally {
      proxy.close();
      await company.close();
    }
  });
});
