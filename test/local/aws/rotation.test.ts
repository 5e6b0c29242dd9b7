import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { printable } from "../../../graph/print";
import { stepNames } from "../../../local/aws/rotation";
import { regions, type RotatingRun, startRotating } from "./a-run";
import { documentedCommands, putIn, runRotate } from "./an-operator";
import { ServiceError } from "../../../local/aws/service";

describe("the rotation on a local stack", () => {
  let rotating: RotatingRun;

  before(async () => {
    rotating = await startRotating();
  });
  after(() => rotating.close());
  afterEach(() => {
    rotating.aws.watch = () => Promise.resolve();
  });

  const rotate = (options: Partial<Parameters<typeof rotating.aws.driver.rotate>[1]> = {}) =>
    rotating.aws.driver.rotate(rotating.aws.secretOf(), { token: randomUUID(), ...options });

  it("has made the key that the run prints, in the API's region, for a secret in another", async () => {
    const { run, aws, call } = rotating;
    expect(run.credentials.apiKey).to.equal(aws.currentKey());
    expect(await call(run.credentials.apiKey)).to.equal(200);
    expect(await call(undefined)).to.equal(403);
    expect(aws.secretOf().arn.split(":")[3]).to.equal(regions.secret);
    expect(aws.functionArn.split(":")[3]).to.equal(regions.secret);
    expect(run.graph.outputs.apiGatewayEndpoint).to.include(`.execute-api.${regions.api}.`);
    const [key] = aws.store.all();
    expect(key!.tags).to.deep.equal({ "model-serving:secret": aws.secretOf().arn });
  });

  it("runs its four steps end to end; the replaced key works for the overlap, and not after it", async () => {
    const { aws, call } = rotating;
    const before = aws.currentKey();
    expect((await rotate()).map(({ step, outcome }) => [step, outcome])).to.deep.equal(
      stepNames.map((step) => [step, "done"]),
    );
    const now = aws.currentKey();
    expect(now).not.to.equal(before);
    await aws.sweep();
    expect(await Promise.all([call(before), call(now)])).to.deep.equal([200, 200]);
    await rotating.overlapEnds();
    expect(await Promise.all([call(before), call(now)])).to.deep.equal([403, 200]);
  });

  it("is killed by the process in each step, and the next call finishes it", async () => {
    const { aws, call } = rotating;
    for (const killAt of stepNames) {
      const before = aws.currentKey();
      const cut = await rotate({ killAt });
      expect(cut.at(-1), killAt).to.deep.include({ step: killAt, outcome: "killed" });
      expect(await Promise.all([before, aws.currentKey()].map((key) => call(key)))).to.deep.equal([200, 200]);
      expect((await rotate()).map(({ outcome }) => outcome)).to.deep.equal(["done", "done", "done", "done"]);
      expect(aws.currentKey()).not.to.equal(before);
    }
    await rotating.overlapEnds();
    expect(aws.store.all()).to.have.lengthOf(1);
  });

  it("is tested, killed and finished by npm run rotate", async () => {
    const { aws } = rotating;
    const before = aws.currentKey();
    const cut = await runRotate(rotating, "--kill-at", "setSecret");
    expect(cut).to.match(/^createSecret {2}done in \d+ ms\nsetSecret {5}killed in .*signal: killed\nNot finished/);
    expect(aws.currentKey()).to.equal(before);
    expect(await runRotate(rotating)).to.match(
      /setSecret {5}done.*\ntestSecret {4}done.*\nfinishSecret {2}done.*\nThe new key is current/,
    );
    expect(aws.currentKey()).not.to.equal(before);
  });

  it("fails no call of clients that read the secret now and then and call without a pause, while keys rotate and functions die", async () => {
    const { aws, call } = rotating;
    const first = aws.currentKey()!;
    let over = false;
    const statuses = new Map<number, number>();
    const reads = [0, 0, 0, 0];
    const clients = reads.map(async (_, index) => {
      for (let calls = 0; !over;) {
        // As a client does: reads the secret, and uses what it read for a while that is shorter than the overlap.
        const key = aws.currentKey();
        reads[index]!++;
        for (const until = calls + 50 + index; calls < until; calls++) {
          const status = await call(key);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          // A machine that is fast need not do more and more.
          if (calls > 10_000) await sleep(5);
        }
      }
    });
    const killed: string[] = [];
    for (const killAt of stepNames) {
      killed.push((await rotate({ killAt })).at(-1)!.outcome);
      await rotate();
      await aws.sweep();
    }
    // All have read the last key, so that the overlap of the others may end.
    const before = [...reads];
    while (reads.some((count, index) => count === before[index]) || (statuses.get(200) ?? 0) <= 1_000) await sleep(20);
    await rotating.overlapEnds();
    over = true;
    await Promise.all(clients);
    expect(killed).to.deep.equal(["killed", "killed", "killed", "killed"]);
    expect([...statuses.keys()]).to.deep.equal([200]);
    expect(statuses.get(200)).to.be.greaterThan(1_000);
    expect(await call(first)).to.equal(403);
    expect(aws.store.all()).to.have.lengthOf(1);
  });

  it("adopts a value that was put in by the two commands of the documentation", async () => {
    const { run, aws, call } = rotating;
    const before = aws.currentKey();
    const value = `put-in-by-hand-${randomUUID()}`;
    const commands = documentedCommands();
    expect(commands).to.have.lengthOf(2);
    const answer = await putIn(rotating, value, commands, () =>
      expect(aws.currentKey(), "stored, and not current yet").to.equal(before),
    );
    expect(answer).to.equal('{"done":"adopt"}');
    expect(rotating.values.has(value), "API Gateway has the key").to.equal(true);
    expect(aws.currentKey()).to.equal(value);
    expect(await Promise.all([call(before), call(value)])).to.deep.equal([200, 200]);
    await rotating.overlapEnds();
    expect(await Promise.all([call(before), call(value)])).to.deep.equal([403, 200]);
    expect(run.graph.resources).not.to.be.empty;
  });

  const bad: [what: string, event: () => unknown, fault: RegExp][] = [
    ["a step that does not exist", () => ({ ...aStep(), Step: "eraseSecret" }), /Step is not one of/],
    [
      "another secret's id",
      () => ({ ...aStep(), SecretId: `${rotating.aws.secretOf().arn}x` }),
      /SecretId is not the ARN of a secret that this function rotates/,
    ],
    ["the adoption of no secret in particular", () => ({ event: "adopt" }), /secret is not the ARN/],
    [
      "the adoption of another stack's secret",
      () => ({ event: "adopt", secret: rotating.aws.secretOf().arn.replace("-dev/", "-prod/") }),
      /secret is not the ARN/,
    ],
    ["a token that is not pending", () => aStep(), /not the pending version/],
    ["an event that does not exist", () => ({ event: "erase" }), /not one of adopt, sweep, lifecycle/],
  ];
  const aStep = () => ({
    SecretId: rotating.aws.secretOf().arn,
    ClientRequestToken: randomUUID(),
    Step: "createSecret",
  });
  for (const [what, event, fault] of bad) {
    it(`rejects ${what}, and changes nothing`, async () => {
      const before = rotating.stored();
      const outcome = await rotating.send(event());
      expect(outcome).to.deep.include({ kind: "error", errorType: "RotationError" });
      expect((outcome as { errorMessage: string }).errorMessage).to.match(fault);
      rotating.printed.push(JSON.stringify(outcome));
      expect(rotating.stored()).to.equal(before);
    });
  }

  it("fails without a word of the value when a service rejects the call that carries it", async () => {
    const { aws } = rotating;
    const secret = `{"apiKey":"${aws.currentKey()}"}`;
    const put = aws.secretOf().versions.put.bind(aws.secretOf().versions);
    aws.secretOf().versions.put = (id, value) => {
      rotating.values.add((JSON.parse(value) as { apiKey: string }).apiKey);
      throw new ServiceError(400, "InvalidParameterException", `the service quotes ${value} and ${secret}`);
    };
    const cut = await rotate();
    aws.secretOf().versions.put = put;
    rotating.printed.push(JSON.stringify(cut));
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
    const { run, lines, printed, values } = rotating;
    expect(values.size).to.be.greaterThan(8);
    expect(lines.filter((line) => line.includes('"event":"finishSecret"'))).not.to.be.empty;
    const everything = [JSON.stringify(printable(run.graph)), JSON.stringify(run.graph), ...lines, ...printed].join(
      "\n",
    );
    expect([...values].filter((value) => everything.includes(value))).to.deep.equal([]);
  });
});
