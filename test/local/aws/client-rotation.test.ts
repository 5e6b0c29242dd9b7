// Clients whose keys rotate, on a local stack: each its own, and none another's.

import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { printable } from "../../../graph/print";
import { stepNames } from "../../../local/aws/rotation";
import { type RotatingRun, startRotating } from "./a-run";
import { documentedCommands, putIn, runRotate } from "./an-operator";

const message = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: Error) => error.message,
  );

describe("the rotation of clients' keys on a local stack", () => {
  let rotating: RotatingRun;

  before(async () => {
    rotating = await startRotating({
      modelsFolder: "test/fixtures/models",
      defaultModel: "add",
      clients: [
        { name: "acme", models: ["add"] },
        { name: "acme-eu", models: ["vector"], quota: 900_000 },
        { name: "slow", rate: 1, burst: 1 },
        { name: "small", quota: 30 },
      ],
    });
  });
  after(() => rotating.close());

  const rotate = (client: string, killAt?: (typeof stepNames)[number]) =>
    rotating.aws.driver.rotate(rotating.aws.secretOf(client), { token: randomUUID(), ...(killAt && { killAt }) });
  const keysOf = (client: string) =>
    rotating.aws.store.all().filter(({ tags }) => Object.values(tags).includes(rotating.aws.secretOf(client).arn));
  /** Statuses of a client's key at the model of each of the two. */
  const opens = (key: string | undefined) =>
    Promise.all(["add", "vector"].map((model) => rotating.call(key, `/v2/models/${model}`)));

  it("has made each a key that begins with its name, in its own plan, and prints them", () => {
    const { run, aws } = rotating;
    for (const { client, arn, tags } of aws.secrets) {
      const key = aws.currentKey(client)!;
      expect(key).to.match(new RegExp(`^${client}_[\\w-]{40}$`));
      expect(run.credentials.clients![client]!.apiKey).to.equal(key);
      const [stored, ...others] = keysOf(client);
      expect(others).to.deep.equal([]);
      expect(stored).to.deep.include({ value: key, tags: { "model-serving:secret": arn } });
      expect([...stored!.planIds]).to.deep.equal([tags["model-serving:plan"]]);
      expect(stored!.name).to.match(new RegExp(`^model-serving-dev/client/${client}/`));
    }
    expect(new Set(aws.secrets.map(({ tags }) => tags["model-serving:plan"]))).to.have.property("size", 4);
  });

  it("lets each to its own models, before a rotation and after it", async () => {
    const { aws } = rotating;
    const before = aws.currentKey("acme");
    expect([await opens(before), await opens(aws.currentKey("acme-eu"))]).to.deep.equal([
      [200, 403],
      [403, 200],
    ]);
    const others = [aws.currentKey("acme-eu"), aws.currentKey("small"), keysOf("acme-eu"), keysOf("small")];
    expect((await rotate("acme")).map(({ outcome }) => outcome)).to.deep.equal(["done", "done", "done", "done"]);
    expect(aws.currentKey("acme")).not.to.equal(before);
    expect([await opens(before), await opens(aws.currentKey("acme"))]).to.deep.equal([
      [200, 403],
      [200, 403],
    ]);
    // Nothing of the others was touched.
    expect([aws.currentKey("acme-eu"), aws.currentKey("small"), keysOf("acme-eu"), keysOf("small")]).to.deep.equal(
      others,
    );
  });

  it("counts each by its own quota: one is used up, and the others go on", async () => {
    const { aws, call } = rotating;
    const statuses: number[] = [];
    for (let calls = 0; calls < 31; calls++) statuses.push(await call(aws.currentKey("small"), "/v2/health/live"));
    expect(statuses.indexOf(429)).to.equal(30);
    expect(await opens(aws.currentKey("acme"))).to.deep.equal([200, 403]);
    // The proof of a new key costs it a few calls, and throttled or not, the rotation comes to its end.
    expect((await rotate("small")).at(-1)).to.deep.include({ step: "finishSecret", outcome: "done" });
    expect(await call(aws.currentKey("small"), "/v2/health/live")).to.equal(200);
  });

  it("proves the key of a client with a call a second: by as many calls that were let in, and not by throttled ones", async () => {
    const { aws, lines } = rotating;
    const since = lines.length;
    expect((await rotate("slow")).at(-1)).to.deep.include({ step: "finishSecret", outcome: "done" });
    const key = aws.store.all().find(({ value }) => value === aws.currentKey("slow"))!;
    const calls = lines.slice(since).filter((line) => line.includes(`"apiKeyId":"${key.id}"`));
    const statuses = calls.map((line) => /"status":"?(\d+)/.exec(line)?.[1]);
    expect(statuses.filter((status) => status === "200")).to.have.lengthOf(6);
  });

  it("fails no call of any client while keys rotate and functions die, and takes none for another", async () => {
    const { aws, lines } = rotating;
    const since = lines.length;
    const first = new Map(["acme", "acme-eu"].map((client) => [client, aws.currentKey(client)!]));
    let over = false;
    const answers = new Map<string, number>();
    const reads = [0, 0, 0, 0];
    const callers = ["acme", "acme-eu", "acme", "acme-eu"].map(async (client, index) => {
      const expected = client === "acme" ? [200, 403] : [403, 200];
      while (!over) {
        // As a client does: reads its secret, and uses what it read for a while that is shorter than the overlap.
        const key = aws.currentKey(client);
        reads[index]!++;
        for (let calls = 0; calls < 20 + index; calls++, await sleep(5)) {
          const right = String(await opens(key)) === String(expected);
          const answer = `${client} ${right ? "right" : "wrong"}`;
          answers.set(answer, (answers.get(answer) ?? 0) + 1);
        }
      }
    });
    for (const [index, killAt] of stepNames.entries()) {
      const client = index % 2 === 0 ? "acme" : "acme-eu";
      expect((await rotate(client, killAt)).at(-1), killAt).to.deep.include({ step: killAt, outcome: "killed" });
      // Another's rotation in the meantime, and then both to their end.
      await Promise.all([rotate(client === "acme" ? "acme-eu" : "acme"), rotate(client)]);
      await aws.sweep();
    }
    // All have read the last keys, so that the overlap of the others may end.
    const before = [...reads];
    const fewCalls = () => ["acme right", "acme-eu right"].some((answer) => (answers.get(answer) ?? 0) <= 100);
    while (reads.some((count, index) => count === before[index]) || fewCalls()) await sleep(20);
    await rotating.overlapEnds();
    over = true;
    await Promise.all(callers);
    expect([...answers.keys()].sort()).to.deep.equal(["acme right", "acme-eu right"]);
    expect(Math.min(...answers.values())).to.be.greaterThan(100);
    for (const [client, key] of first) {
      expect(await opens(key), `the first key of ${client}`).to.deep.equal([403, 403]);
      expect(keysOf(client)).to.have.lengthOf(1);
    }
    // The model function's lines, and the rotation's: nobody was taken for somebody else, or for nobody.
    const written = lines.slice(since).filter((line) => line.startsWith("model-serving-dev-"));
    const told = written.flatMap((line) => /"client":"([\w-]+)"/.exec(line)?.[1] ?? []);
    expect(new Set(told)).to.deep.equal(new Set(["acme", "acme-eu", "slow", "small"]));
  });

  it("is tested for one client, by its name, and asks for it", async () => {
    const { aws } = rotating;
    const asked = await message(runRotate(rotating));
    expect(asked).to.match(
      /^npm run rotate: choose the client whose key is rotated: --client acme, acme-eu, slow, small/,
    );
    expect(await message(runRotate(rotating, "--client", "nobody"))).to.match(
      /choose the client whose key is rotated: --client acme/,
    );
    const [before, other] = [aws.currentKey("acme"), aws.currentKey("acme-eu")];
    expect(await runRotate(rotating, "--client", "acme", "--kill-at", "finishSecret")).to.match(
      /killed in .*\nNot finished/,
    );
    expect(await runRotate(rotating, "--client", "acme")).to.match(/\nThe new key is current/);
    expect(aws.currentKey("acme")).not.to.equal(before);
    expect(aws.currentKey("acme-eu")).to.equal(other);
  });

  it("adopts a value of a client's own by the commands of README, and none that is not", async () => {
    const { aws, stored, values } = rotating;
    const commands = documentedCommands("acme-eu");
    expect(commands.join("\n")).to.include(`["acme-eu"]`).and.not.to.include("awsSecretId)");
    const own = `acme-eu_put-in-by-hand-${randomUUID()}`;
    const other = aws.currentKey("acme");
    expect(await putIn(rotating, own, commands)).to.equal('{"done":"adopt"}');
    expect(aws.currentKey("acme-eu")).to.equal(own);
    expect([await opens(own), aws.currentKey("acme")]).to.deep.equal([[403, 200], other]);

    for (const foreign of [`acme_put-in-by-hand-${randomUUID()}`, `put-in-by-hand-${randomUUID()}`]) {
      values.add(foreign);
      const before = [keysOf("acme-eu"), aws.currentKey("acme-eu")];
      const answer = await putIn(rotating, foreign, commands);
      rotating.printed.push(answer);
      const { trace, ...said } = JSON.parse(answer) as Record<string, unknown>;
      expect(trace).to.be.an("array");
      expect(said).to.deep.equal({
        errorType: "RotationError",
        errorMessage: `the secret's value is not {"apiKey": "acme-eu_<20 to 120 printable characters without blanks>"}`,
      });
      expect([keysOf("acme-eu"), aws.currentKey("acme-eu")]).to.deep.equal(before);
      expect(await opens(foreign)).to.deep.equal([403, 403]);
    }
    // Sweeps and rotations go on; what was refused waits under its label.
    await aws.sweep();
    expect((await rotate("acme-eu")).at(-1)).to.deep.include({ step: "finishSecret", outcome: "done" });
    expect(stored()).to.include("ADOPT");
  });

  it("sweeps every client, though another's key is missing, and says whose", async () => {
    const { aws, lines } = rotating;
    await rotating.overlapEnds();
    const since = lines.length;
    const [key] = keysOf("acme");
    aws.store.delete(key!.id);
    expect(await message(aws.sweep())).to.match(
      /the current version has no API key: invoke this function with .*"adopt"/,
    );
    const swept = lines.slice(since).flatMap((line) => {
      const [, level, client] = /"level":"(\w+)","event":"sweep","client":"([\w-]+)"/.exec(line) ?? [];
      return client === undefined ? [] : [`${level} ${client}`];
    });
    expect(swept).to.have.members(["error acme", "info acme-eu", "info slow", "info small"]);
    const adopted = await rotating.send({ event: "adopt", secret: aws.secretOf("acme").arn });
    expect(adopted.kind).to.equal("result");
    expect(await opens(aws.currentKey("acme"))).to.deep.equal([200, 403]);
  });

  it("leaves no key of a secret that another one has replaced: no sweep would ever find it", async () => {
    const { aws } = rotating;
    const gone = aws.currentKey("small");
    const secret = aws.secretOf("slow").arn;
    const tf = { action: "update", prev_input: { event: "lifecycle", secret: aws.secretOf("small").arn } };
    expect((await rotating.send({ event: "lifecycle", secret, tf })).kind).to.equal("result");
    expect([keysOf("small").length, keysOf("slow").length > 0]).to.deep.equal([0, true]);
    expect((await opens(gone)).every((status) => status === 403)).to.equal(true);
  });

  it("leaves no key of a client that goes, and those of the others", async () => {
    const { aws } = rotating;
    const gone = aws.currentKey("acme");
    const event = { event: "lifecycle", secret: aws.secretOf("acme").arn, tf: { action: "delete" } };
    expect((await rotating.send(event)).kind).to.equal("result");
    expect([keysOf("acme").length, await opens(gone)]).to.deep.equal([0, [403, 403]]);
    expect(await opens(aws.currentKey("acme-eu"))).to.deep.equal([403, 200]);
    await aws.destroy();
    expect(aws.store.all()).to.deep.equal([]);
  });

  it("has let no value into the graph, an output, a log or an error", () => {
    const { run, lines, printed, values } = rotating;
    expect(values.size).to.be.greaterThan(12);
    const everything = [JSON.stringify(printable(run.graph)), JSON.stringify(run.graph), ...lines, ...printed].join(
      "\n",
    );
    // Names of clients are no secret: what follows them is.
    const secretParts = [...values].map((value) => value.slice(value.indexOf("_") + 1));
    expect(secretParts.filter((part) => everything.includes(part))).to.deep.equal([]);
  });
});
