// A version that has other packages than this one gets its own: from a registry of this machine.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { prepareVersion } from "../../preview/version/evaluate-version";
import { VersionError } from "../../preview/version/git";

describe("Preview: the packages of a version", () => {
  let folder: string;
  let server: Server;
  let asked: { path: string; agent: string }[];
  let tarball: Buffer;

  const kept: NodeJS.ProcessEnv = {};
  const set = (variables: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(variables)) {
      kept[name] = process.env[name];
      process.env[name] = value;
    }
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "versions-"));
    tarball = packed({
      name: "tiny",
      version: "2.0.0",
      scripts: { install: "node -e \"require('fs').writeFileSync('../../ran', '')\"" },
    });
    server = createServer((request, response) => {
      asked.push({ path: request.url!, agent: String(request.headers["user-agent"]) });
      const origin = `http://${request.headers.host!}`;
      const dist = { tarball: `${origin}/tiny.tgz`, integrity: integrity(tarball) };
      if (request.url === "/tiny.tgz") response.end(tarball);
      else if (request.url === "/tiny")
        response.end(
          JSON.stringify({
            name: "tiny",
            "dist-tags": {},
            versions: { "2.0.0": { name: "tiny", version: "2.0.0", dist } },
          }),
        );
      else response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    set({
      npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      npm_config_cache: join(folder, "cache"),
      // What an account's credentials are called.
      AWS_SECRET_ACCESS_KEY: "leaked",
    });
  });
  beforeEach(() => (asked = []));
  after(() => {
    server.close();
    for (const [name, value] of Object.entries(kept)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
  });

  /** A package as npm packs one. */
  function packed(manifest: object): Buffer {
    const work = mkdtempSync(join(folder, "pack-"));
    mkdirSync(join(work, "package"));
    writeFileSync(join(work, "package/package.json"), JSON.stringify(manifest));
    return execFileSync("tar", ["-c", "-z", "-C", work, "package"]);
  }

  const integrity = (bytes: Buffer) => `sha512-${createHash("sha512").update(bytes).digest("base64")}`;

  /** A folder with a manifest and a lock that names one package. */
  function project(name: string, digest: string): string {
    const root = join(folder, name);
    mkdirSync(root);
    const manifest = { name: "project", version: "1.0.0", dependencies: { tiny: "2.0.0" } };
    writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
    const packages = {
      "": manifest,
      "node_modules/tiny": { version: "2.0.0", integrity: digest, hasInstallScript: true },
    };
    writeFileSync(
      join(root, "package-lock.json"),
      JSON.stringify({ name: "project", version: "1.0.0", lockfileVersion: 3, packages }),
    );
    return root;
  }

  it("are this project's where the lock file is the same: nothing is installed", async () => {
    const [tool, version] = [project("tool", integrity(tarball)), project("same", integrity(tarball))];
    mkdirSync(join(tool, "node_modules"));
    await prepareVersion(version, tool);
    expect(lstatSync(join(version, "node_modules")).isSymbolicLink()).to.equal(true);
    expect(asked).to.deep.equal([]);
  });

  it("are installed where it differs, and no script of theirs runs", async () => {
    const version = project("other", integrity(tarball));
    await prepareVersion(version, join(folder, "none"));
    const manifest = readFileSync(join(version, "node_modules/tiny/package.json"), "utf8");
    expect((JSON.parse(manifest) as { version: string }).version).to.equal("2.0.0");
    expect(asked.map(({ path }) => path)).to.include("/tiny.tgz");
    expect(existsSync(join(version, "ran"))).to.equal(false);
  });

  it("are told nothing of the environment, which a version's .npmrc could put into a request", async () => {
    const version = project("hostile", integrity(tarball));
    writeFileSync(join(version, ".npmrc"), "user-agent=agent-${AWS_SECRET_ACCESS_KEY}\n");
    await prepareVersion(version, join(folder, "none"));
    expect(asked.length).to.be.greaterThan(0);
    for (const { agent } of asked)
      expect(agent)
        .to.match(/^agent-/)
        .and.not.to.contain("leaked");
  });

  it("are refused where they are not what the lock file says", async () => {
    const version = project("forged", integrity(Buffer.from("another")));
    const refused = await Promise.resolve()
      .then(() => prepareVersion(version, join(folder, "none")))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(refused).to.be.instanceOf(VersionError).with.property("message", "npm ci failed: its reason is above");
  });
});
