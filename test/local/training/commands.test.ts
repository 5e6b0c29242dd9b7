import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { projectRoot } from "../../../graph/evaluate";
import { openEndpoint } from "../../../local/aws/endpoint";
import { lambdaInvoke } from "../../../local/aws/lambda";
import type { ServiceRequest } from "../../../local/aws/service";
import { type Authority, openAuthority } from "../../../local/certificates/authority";
import type { GatewayServer } from "../../../local/server/server";
import { policyOf } from "../../../local/iam/policy";
import { principal } from "../../../local/iam/identities";
import { s3 } from "../../../local/training/aws/s3";
import { openStandIns, sha256, type StandIns, variant } from "./stand-ins";

const run = promisify(execFile);
const account = "123456789012";
const region = "us-east-1";
const publisher = "model-serving-dev-publisher";

/** The commands that act on a deployed stack, with the services of AWS played here: signed, and refused like theirs. */
describe("commands on a deployed stack", () => {
  let folder: string;
  let here: StandIns;
  let authority: Authority;
  let server: GatewayServer;
  const calls: ServiceRequest[] = [];
  const seed = Buffer.alloc(32, 9);
  const allowing = (...Action: string[]) =>
    policyOf({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] }, "identity");
  const operator = principal(seed, { partition: "aws", id: account }, "operator", [
    allowing("lambda:InvokeFunction", "s3:PutObject", "kms:GenerateDataKey"),
  ]);
  const stranger = principal(seed, { partition: "aws", id: account }, "stranger", [
    allowing("lambda:GetFunction", "s3:ListBucket"),
  ]);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "commands-"));
    here = await openStandIns({ canaryPercent: 10 });
    authority = await openAuthority(join(folder, "authority"));
    const { buckets, publisherArn } = here.cloud;
    const services = [
      lambdaInvoke(
        region,
        new Map([[publisher, { arn: publisherArn.replace(/:live$/, ""), versions: new Map([["live", "1"]]) }]]),
        here.functions,
      ),
      s3(region, buckets, ({ principal }) => ({ principal })),
    ].map((service) => ({
      ...service,
      respond: (call: ServiceRequest) => {
        calls.push(call);
        return service.respond(call);
      },
    }));
    const known = [operator, stranger];
    server = await openEndpoint({
      services,
      identities: { byAccessKeyId: (id) => known.find(({ accessKeyId }) => accessKeyId === id) },
      clock: Date.now,
      tls: await authority.server(["localhost"]),
      watch: () => Promise.resolve(),
    });
  });
  beforeEach(() => calls.splice(0));
  after(async () => {
    await server?.close(0);
    await here?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const environment = (who: Partial<typeof operator>, more: Record<string, string> = {}) => ({
    PATH: process.env["PATH"],
    NODE_EXTRA_CA_CERTS: authority.file,
    AWS_ENDPOINT_URL_LAMBDA: `https://localhost:${server.port}`,
    AWS_ENDPOINT_URL_S3: `https://localhost:${server.port}`,
    ...(who.accessKeyId === undefined ? {} : { AWS_ACCESS_KEY_ID: who.accessKeyId }),
    ...(who.secretAccessKey === undefined ? {} : { AWS_SECRET_ACCESS_KEY: who.secretAccessKey }),
    ...more,
  });
  async function node(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ stdout: string; stderr: string }> {
    try {
      return await run(process.execPath, args, { cwd: projectRoot, env });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      expect((error as { code: number }).code).to.equal(1);
      return { stdout, stderr };
    }
  }
  const live = (args: readonly string[], who: Partial<typeof operator> = operator, at = ["--region", region]) =>
    node(["run.mjs", "local/commands/live.ts", "--function", publisher, ...at, ...args], environment(who));

  it("npm run live shows what is live, gives a canary all requests, and goes back", async () => {
    expect((await live([])).stdout).to.equal(
      "mymodel: nothing was published; the model shipped with the code is live\n",
    );
    expect(calls.map(({ path, query }) => [path[2], query.get("Qualifier")])).to.deep.equal([[publisher, "live"]]);
    const [one, two] = [variant("one"), variant("two")];
    await here.approve(here.register(one));
    await here.ask({ command: "promote" });
    await here.approve(here.register(two));
    const both = (first: Buffer, second: Buffer) => `  live      ${sha256(first)}\n  before    ${sha256(second)}\n`;
    expect((await live([])).stdout).to.equal(
      `mymodel\n${both(two, one).replace("\n", "\n            a canary: 10 % of the requests\n")}`,
    );
    expect((await live(["--promote"])).stdout).to.equal(`mymodel: promoted\n${both(two, one)}`);
    expect((await live(["--rollback"])).stdout).to.equal(`mymodel: rolled back\n${both(one, two)}`);
  });

  it("npm run live changes nothing for who may not, and names what is missing", async () => {
    const pointer = async () => JSON.stringify(await here.ask({ command: "show" }));
    const before = await pointer();
    const refused =
      "npm run live: the call of the publisher failed (status 403); for a failure in the function see its log\n";
    expect(await live(["--rollback"], stranger)).to.deep.equal({ stdout: "", stderr: refused });
    const forged = { ...operator, secretAccessKey: stranger.secretAccessKey };
    expect((await live(["--rollback"], forged)).stderr).to.equal(refused.replace("400", "403"));
    expect((await live([], {})).stderr)
      .to.contain("no credentials in the environment")
      .and.not.contain("\n ");
    expect((await live([], operator, [])).stderr).to.equal("npm run live: --region is missing\n");
    expect((await live(["--rollback", "--promote"])).stderr).to.equal(
      "npm run live: use either --rollback or --promote, not both\n",
    );
    expect(await pointer()).to.equal(before);
  });

  it("npm run wheels puts each file where the steps read it, by who may, and stops at the first that is rejected", async () => {
    const wheels = { "one-1.0-py3-none-any.whl": "first", "two-1.0+cpu-py3-none-any.whl": "second" };
    for (const [name, content] of Object.entries(wheels)) writeFileSync(join(folder, name), content);
    const { bucket } = here.cloud.pipeline;
    const program = `(async () => {
      const { uploadWheels } = require(${JSON.stringify(join(projectRoot, "local/training/wheel-files"))});
      const place = ${JSON.stringify({ bucket, region, prefix: "wheels/0123456789abcdef" })};
      for await (const name of uploadWheels(place, ${JSON.stringify(folder)}, ${JSON.stringify(Object.keys(wheels))}))
        console.log(name);
    })().catch((error) => { console.error(error.message); process.exitCode = 1; })`;
    const upload = (who: typeof operator) =>
      node(["--require", join(projectRoot, "compile.cjs"), "-e", program], environment(who));
    const [first] = Object.keys(wheels);
    expect(await upload(stranger)).to.deep.equal({
      stdout: "",
      stderr: `S3 refused wheels/0123456789abcdef/${first}: 403\n`,
    });
    expect(calls).to.have.lengthOf(1);
    expect(await upload(operator)).to.deep.equal({ stdout: `${Object.keys(wheels).join("\n")}\n`, stderr: "" });
    for (const [name, content] of Object.entries(wheels)) {
      expect(here.cloud.files.read(bucket, `wheels/0123456789abcdef/${name}`)?.body.toString()).to.equal(content);
    }
  });

  it("npm run wheels fetches by the lock, for AWS's image, and nothing that is not pinned by digest", async () => {
    const python = join(folder, "python");
    // Stands in for pip: it notes what it was asked for, and leaves a file.
    const script = `#!/bin/sh\n[ "$1" = -c ] && { echo 3.11; exit; }\necho "$@" > "${folder}/asked"\ntouch "${folder}/got/b.whl" "${folder}/got/a.whl" "${folder}/got/note.txt"\n`;
    writeFileSync(python, script);
    chmodSync(python, 0o755);
    const lock = join(projectRoot, "training/requirements.txt");
    const program = `(async () => {
      const { fetchWheels } = require(${JSON.stringify(join(projectRoot, "local/training/wheel-files"))});
      console.log(JSON.stringify(await fetchWheels(${JSON.stringify(lock)}, ${JSON.stringify(join(folder, "got"))})));
    })()`;
    const { stdout } = await node(
      ["--require", join(projectRoot, "compile.cjs"), "-e", program],
      environment({}, { PYTHON: python }),
    );
    expect(JSON.parse(stdout)).to.deep.equal(["a.whl", "b.whl"]);
    const { stdout: asked } = await run("cat", [join(folder, "asked")]);
    expect(asked.trim().split(" ")).to.include.members([
      ...["-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary=:all:"],
      ...["--python-version", "3.10", "manylinux_2_28_x86_64", lock],
    ]);
  });
});
