import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { buildSync } from "esbuild";
import { environment } from "../../../contract";
import { openAuthority } from "../../../local/certificates/authority";
import { audience, scene, type Scene } from "./local-issuer";

const root = join(__dirname, "../../..");

/** Calls the handler in a process of its own, as Lambda would, and prints what it answers. */
const caller = `
  const { handler } = require("./authorizer.js");
  const methodArn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/POST/predict";
  handler({ type: "TOKEN", authorizationToken: process.argv[2], methodArn }, { awsRequestId: "r-1" }).then(
    (policy) => console.log(JSON.stringify({ effect: policy.policyDocument.Statement[0].Effect })),
    (error) => console.log(JSON.stringify({ error: error.message })),
  );`;

describe("Functions: the authorizer's bundle", () => {
  let local: Scene;
  let directory: string;
  const code = buildSync({
    entryPoints: [join(root, "lambda/authorizer.ts")],
    bundle: true,
    minify: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    write: false,
  }).outputFiles[0]!.text;

  before(async () => {
    local = await scene();
    directory = await mkdtemp(join(tmpdir(), "bundle-"));
    await writeFile(join(directory, "authorizer.js"), code);
    await writeFile(join(directory, "call.js"), caller);
  });
  after(async () => {
    await local.close();
    await rm(directory, { recursive: true });
  });

  /** Lines that the process wrote: the log, then the answer. */
  async function run(token: string, variables: Record<string, string>) {
    const env = { NODE_EXTRA_CA_CERTS: local.authority.file, ...variables };
    const { stdout } = await promisify(execFile)(process.execPath, [join(directory, "call.js"), token], { env });
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string>);
  }
  const foreignFile = async () => (await openAuthority(join(directory, "foreign"))).file;
  const configured = () => ({ [environment.tokenIssuer]: local.issuer.url, [environment.tokenAudience]: audience });

  it("has at most 20 KB", () => {
    expect(Buffer.byteLength(code)).to.be.at.most(20 * 1024);
  });

  it("lets a good token through, and logs one line without the token", async () => {
    const token = await local.issuer.tokens.genuine();
    const lines = await run(`Bearer ${token}`, configured());
    expect(lines).to.deep.equal([
      {
        level: "info",
        event: "authorize",
        outcome: "allow",
        subject: "machine@clients",
        client: "machine",
        kid: local.issuer.keys.current.keyId,
        requestId: "r-1",
      },
      { effect: "Allow" },
    ]);
  });

  it("trusts the authorities beside its code for the issuer, and then no others", async () => {
    const { file } = local.authority;
    const token = `Bearer ${await local.issuer.tokens.genuine()}`;
    const named = { ...configured(), [environment.issuerAuthorities]: "issuers.pem" };
    await copyFile(file, join(directory, "issuers.pem"));
    expect((await run(token, { ...named, NODE_EXTRA_CA_CERTS: "" })).at(-1)).to.deep.equal({ effect: "Allow" });
    await copyFile(await foreignFile(), join(directory, "issuers.pem"));
    const [decision, answer] = await run(token, named);
    expect(decision).to.include({ outcome: "error", reason: "failure" });
    expect(answer).to.deep.equal({ error: "the token cannot be judged" });
    // Fails closed where the file is missing.
    await rm(join(directory, "issuers.pem"));
    expect((await run(token, named)).at(-1)!.error).to.match(/ENOENT/);
  });

  it("refuses a token made to fail", async () => {
    const lines = await run(`Bearer ${await local.issuer.tokens.foreignKey()}`, configured());
    expect(lines[0]).to.include({ outcome: "unauthorized", reason: "signature" });
    expect(lines[1]).to.deep.equal({ error: "Unauthorized" });
  });

  for (const missing of [environment.tokenIssuer, environment.tokenAudience]) {
    it(`answers nobody while ${missing} is not set`, async () => {
      const lines = await run(`Bearer ${await local.issuer.tokens.genuine()}`, { ...configured(), [missing]: "" });
      expect(lines).to.deep.equal([{ error: `the environment variable ${missing} is not set` }]);
    });
  }
});
