import { expect } from "chai";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../../graph/evaluate";
import { printable } from "../../../graph/print";
import { stepNames } from "../../../local/aws/rotation-driver";
import { ServiceError } from "../../../local/aws/service-error";
import { overlapSeconds, regions, type RotatingRun, startRotating } from "./a-run";

describe("the rotation on a local stack", function () {
  this.timeout(30_000);
  let rotating: RotatingRun;
  /** Every API key that existed, and every text that was printed: what is searched at the end. */
  const values = new Set<string>();
  const printed: string[] = [];

  before(async () => {
    rotating = await startRotating();
    const { aws } = rotating;
    const { add } = aws.store;
    aws.store.add = (key) => {
      values.add(key.value);
      return add.call(aws.store, key);
    };
    values.add(aws.currentKey()!);
  });
  after(() => rotating.close());
  afterEach(() => {
    rotating.aws.watch = () => Promise.resolve();
  });

  const rotate = (options: Partial<Parameters<typeof rotating.aws.driver.rotate>[1]> = {}) =>
    rotating.aws.driver.rotate(rotating.aws.secret, { token: randomUUID(), ...options });
  /** Removes what is past its overlap, after it. */
  const overlapEnds = async () => {
    await sleep(overlapSeconds * 1000 + 50);
    expect((await rotating.send({ event: "sweep" })).kind).to.equal("result");
  };

  it("has made the key that the run prints, in the API's region, for a secret in another", async () => {
    const { run, aws, call } = rotating;
    expect(run.credentials.apiKey).to.equal(aws.currentKey());
    expect(await call(run.credentials.apiKey)).to.equal(200);
    expect(await call(undefined)).to.equal(403);
    expect(aws.secret.arn.split(":")[3]).to.equal(regions.secret);
    expect(aws.functionArn.split(":")[3]).to.equal(regions.secret);
    expect(run.graph.outputs.apiGatewayEndpoint).to.include(`.execute-api.${regions.api}.`);
    const [key] = aws.store.all();
    expect(key!.tags).to.deep.equal({ "model-serving:secret": aws.secret.arn });
  });

  it("runs its four steps end to end; the replaced key works for the overlap, and not after it", async () => {
    const { aws, call } = rotating;
    const before = aws.currentKey();
    expect((await rotate()).map(({ step, outcome }) => [step, outcome])).to.deep.equal(
      stepNames.map((step) => [step, "done"]),
    );
    const now = aws.currentKey();
    expect(now).not.to.equal(before);
    await rotating.send({ event: "sweep" });
    expect(await Promise.all([call(before), call(now)])).to.deep.equal([200, 200]);
    await overlapEnds();
    expect(await Promise.all([call(before), call(now)])).to.deep.equal([403, 200]);
  });

  it("is killed by the process in each step, and the next call finishes it", async () => {
    const { aws, call } = rotating;
    for (const killAt of stepNames) {
      const before = aws.currentKey();
      const cut = await rotate({ killAt });
      expect(cut.at(-1), killAt).to.deep.include({ step: killAt, outcome: "killed" });
      expect(await Promise.all([before, aws.currentKey()].map(call))).to.deep.equal([200, 200]);
      expect((await rotate()).map(({ outcome }) => outcome)).to.deep.equal(["done", "done", "done", "done"]);
      expect(aws.currentKey()).not.to.equal(before);
    }
    await overlapEnds();
    expect(aws.store.all()).to.have.lengthOf(1);
  });

  it("is rehearsed, killed and finished by npm run rotate", async () => {
    const { aws } = rotating;
    const before = aws.currentKey();
    const cut = await rehearse("--kill-at", "setSecret");
    expect(cut).to.match(/^createSecret {2}done in \d+ ms\nsetSecret {5}killed in .*signal: killed\nNot finished/);
    expect(aws.currentKey()).to.equal(before);
    expect(await rehearse()).to.match(
      /setSecret {5}done.*\ntestSecret {4}done.*\nfinishSecret {2}done.*\nThe new key is current/,
    );
    expect(aws.currentKey()).not.to.equal(before);
  });

  function rehearse(...args: string[]): Promise<string> {
    const command = ["--import", "tsx", join(projectRoot, "local/rotate.ts"), "--pid", String(process.pid)];
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [...command, ...args], { cwd: projectRoot }, (error, stdout, stderr) => {
        printed.push(stdout, stderr);
        if (error) reject(new Error(stderr || error.message));
        else resolve(stdout);
      });
    });
  }

  it("fails no call of clients that read the secret now and then, while keys rotate and functions die", async () => {
    const { aws, call } = rotating;
    const first = aws.currentKey()!;
    let over = false;
    const statuses = new Map<number, number>();
    const clients = Array.from({ length: 4 }, async (_, index) => {
      await sleep(index * 37);
      while (!over) {
        // As a client does: reads the secret, and uses what it read for a while that is shorter than the overlap.
        const key = aws.currentKey();
        for (const until = Date.now() + 400; Date.now() < until && !over; await sleep(5)) {
          const status = await call(key);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }
    });
    for (const killAt of ["setSecret", "finishSecret"] as const) {
      await rotate({ killAt });
      await rotate();
      await rotating.send({ event: "sweep" });
    }
    await overlapEnds();
    over = true;
    await Promise.all(clients);
    expect([...statuses.keys()]).to.deep.equal([200]);
    expect(statuses.get(200)).to.be.greaterThan(300);
    expect(await call(first)).to.equal(403);
    expect(aws.store.all()).to.have.lengthOf(1);
  });

  it("adopts a value that was put in by the two commands of the documentation", async () => {
    const { run, aws, call } = rotating;
    const before = aws.currentKey();
    const value = `put-in-by-hand-${randomUUID()}`;
    const folder = mkdtempSync(join(tmpdir(), "adopt-"));
    writeFileSync(join(folder, "key.json"), JSON.stringify({ apiKey: value }));
    const commands = documentedCommands();
    expect(commands).to.have.lengthOf(2);
    try {
      await shell(commands[0]!, folder);
      expect(aws.currentKey(), "stored, and not current yet").to.equal(before);
      expect(await shell(commands[1]!, folder)).to.include('"StatusCode":200');
      expect(readFileSync(join(folder, "answer.json"), "utf8")).to.equal('{"done":"adopt"}');
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(values.has(value), "API Gateway has the key").to.equal(true);
    expect(aws.currentKey()).to.equal(value);
    expect(await Promise.all([call(before), call(value)])).to.deep.equal([200, 200]);
    await overlapEnds();
    expect(await Promise.all([call(before), call(value)])).to.deep.equal([403, 200]);
    expect(run.graph.resources).not.to.be.empty;
  });

  function documentedCommands(): string[] {
    const text = readFileSync(join(projectRoot, "docs/secrets.md"), "utf8");
    const [, block] = /## Putting in a value of your own[\s\S]*?```sh\n([\s\S]*?)```/.exec(text)!;
    return block!.trim().split("\n");
  }

  function shell(command: string, cwd: string): Promise<string> {
    const { run, aws } = rotating;
    const { accessKeyId, secretAccessKey } = aws.operator;
    const env = {
      PATH: `${join(projectRoot, "test/local/aws/commands")}:${process.env["PATH"]}`,
      PROJECT: projectRoot,
      NODE_EXTRA_CA_CERTS: run.ca,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      RUN: JSON.stringify({ endpoint: aws.url, accessKeyId, secretAccessKey }),
      STACK: JSON.stringify({ outputs: run.graph.outputs, settings: { secretsRegion: regions.secret } }),
    };
    return new Promise((resolve, reject) => {
      execFile("sh", ["-c", command], { cwd, env }, (error, stdout, stderr) => {
        printed.push(stdout, stderr);
        if (error) reject(new Error(stderr || error.message));
        else resolve(stdout);
      });
    });
  }

  const bad: [what: string, event: () => unknown, fault: RegExp][] = [
    ["a step that does not exist", () => ({ ...aStep(), Step: "eraseSecret" }), /Step is none of/],
    ["another secret's id", () => ({ ...aStep(), SecretId: `${rotating.aws.secret.arn}x` }), /not the secret/],
    ["a token that is not pending", () => aStep(), /not the pending version/],
    ["an event that does not exist", () => ({ event: "erase" }), /none of adopt, sweep, lifecycle/],
  ];
  const aStep = () => ({ SecretId: rotating.aws.secret.arn, ClientRequestToken: randomUUID(), Step: "createSecret" });
  for (const [what, event, fault] of bad) {
    it(`refuses ${what}, and changes nothing`, async () => {
      const before = rotating.stored();
      const outcome = await rotating.send(event());
      expect(outcome).to.deep.include({ kind: "error", errorType: "RotationFault" });
      expect((outcome as { errorMessage: string }).errorMessage).to.match(fault);
      printed.push(JSON.stringify(outcome));
      expect(rotating.stored()).to.equal(before);
    });
  }

  it("fails without a word of the value when a service refuses the call that carries it", async () => {
    const { aws } = rotating;
    const secret = `{"apiKey":"${aws.currentKey()}"}`;
    const put = aws.secret.versions.put.bind(aws.secret.versions);
    aws.secret.versions.put = (id, value) => {
      values.add((JSON.parse(value) as { apiKey: string }).apiKey);
      throw new ServiceError(400, "InvalidParameterException", `the service quotes ${value} and ${secret}`);
    };
    const cut = await rotate();
    aws.secret.versions.put = put;
    printed.push(JSON.stringify(cut));
    expect(cut.at(-1)).to.deep.include({ step: "createSecret", outcome: "failed" });
    expect(cut.at(-1)!.cause).to.equal("PutSecretValue: InvalidParameterException");
    expect((await rotate()).at(-1)).to.deep.include({ step: "finishSecret", outcome: "done" });
  });

  it("leaves no key behind when the stack is destroyed", async () => {
    const { aws, call } = rotating;
    const last = aws.currentKey();
    await aws.destroy();
    expect(aws.store.all()).to.deep.equal([]);
    expect(await call(last)).to.equal(403);
  });

  it("has let no value into the graph, an output, a log or an error", () => {
    const { run, lines } = rotating;
    expect(values.size).to.be.greaterThan(8);
    expect(lines.filter((line) => line.includes('"event":"finishSecret"'))).not.to.be.empty;
    const everything = [JSON.stringify(printable(run.graph)), JSON.stringify(run.graph), ...lines, ...printed].join(
      "\n",
    );
    expect([...values].filter((value) => everything.includes(value))).to.deep.equal([]);
  });
});
