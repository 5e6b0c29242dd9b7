import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../../graph/evaluate";
import type { EmbeddedEngine } from "../../../local/endpoints/embedded-engine";
import { ServiceError } from "../../../local/aws/service";
import { type Answer, type CallOptions, type Served, serveStack } from "../served";
import { lastNumber, makeLarge, makeModels } from "./both-ways";
import { allTypes, type Exchanged, flowerRows, rawBytes, requests, seen } from "./requests";

const unthrottled = { keyRateLimit: 10_000, keyBurstLimit: 5_000, apiRateLimit: 10_000, apiBurstLimit: 5_000 };
const largeRows = (201 * 1024 * 1024) / 4;

const moved = ["all", "classifier", "external", "large"];
/** Beyond the table of either model. */
const refusedIndex: Exchanged = {
  what: "an index that the model refuses",
  method: "POST",
  path: "/v2/models/large/infer",
  options: { body: `{"inputs":[{"name":"at","datatype":"INT64","shape":[1],"data":[${largeRows}]}]}` },
  refused: 400,
};
const endpoints = moved.map((model) => ({ model, instanceType: "ml.m5.large" }));

describe("Endpoints: the same models, by the function and by an endpoint", () => {
  const folder = mkdtempSync(join(tmpdir(), "both-ways-"));
  let [inFunction, atEndpoints]: [Served?, Served?] = [];
  const key = ({ run }: Served) => ({ "x-api-key": run.credentials.apiKey! });
  const call = (
    served: Served,
    method: string,
    path: string,
    { headers = {}, body }: CallOptions = {},
  ): Promise<Answer> => served.call(method, path, { headers: { ...headers, ...key(served) }, body });
  const engine = (model: string) => atEndpoints!.run.endpoints.engineOf(`model-serving-dev-${model}`) as EmbeddedEngine;

  before(async function () {
    makeModels(folder);
    // The function has no room for more than 200 MB, so there this one is small.
    makeLarge(folder, "large", 1_000);
    const common = { modelsFolder: folder, defaultModel: "mymodel", ...unthrottled };
    inFunction = await serveStack(common);
    makeLarge(folder, "large", largeRows);
    atEndpoints = await serveStack({ ...common, endpoints });
  });

  after(async () => {
    await inFunction?.run.close();
    await atEndpoints?.run.close();
    rmSync(folder, { recursive: true });
  });

  it("start an engine for each endpoint, and none where there is none", () => {
    expect(inFunction!.run.endpoints.names).to.deep.equal([]);
    expect([...atEndpoints!.run.endpoints.names].sort()).to.deep.equal(
      moved.map((each) => `model-serving-dev-${each}`).sort(),
    );
  });

  for (const { what, method, path, options, refused = 200 } of [...requests, refusedIndex])
    it(`answer with the same status, headers and bytes: ${what}`, async () => {
      const [one, other] = await Promise.all(
        [inFunction!, atEndpoints!].map((served) => call(served, method, path, options)),
      );
      // The model whose size differs has another digest.
      const neutral = (answer: Answer) => seen(answer).replace(/(large\\",\\"version\\":\\")[0-9a-f]+/, "$1");
      expect(neutral(other!)).to.equal(neutral(one!));
      expect(one!.status, one!.text).to.equal(refused);
    });

  it("computes what was moved at the endpoint, and the rest in the function", async () => {
    await call(atEndpoints!, "POST", "/v2/models/all/infer", allTypes(false));
    await call(atEndpoints!, "POST", "/mymodel", { body: flowerRows });
    const logged = (route: string) =>
      atEndpoints!.lines.filter((line) => line.includes(`"route":"POST ${route}"`)).at(-1);
    expect(logged("/v2/models/{model}/infer")).to.include('"outcome":"answered"');
    expect(logged("/mymodel")).to.not.include('"endpoints"');
  });

  it("serves a model of more than 200 MB, which is not copied", async () => {
    const body = `{"inputs":[{"name":"at","datatype":"INT64","shape":[2],"data":[0,${largeRows - 1}]}]}`;
    const { status, text } = await call(atEndpoints!, "POST", "/v2/models/large/infer", { body });
    expect([status, /"data":(.*?)\}/.exec(text)?.[1]]).to.deep.equal([200, `[0,${lastNumber}]`]);
  });

  it("answers 503 and Retry-After to throttling that lasts, and 200 where it ends with the second try", async () => {
    const { endpoints } = atEndpoints!.run;
    let left = Infinity;
    endpoints.watch = (moment) => {
      if (moment === "after" || left-- <= 0) return Promise.resolve();
      throw new ServiceError(400, "ThrottlingException", "", { message: null });
    };
    const lasting = await call(atEndpoints!, "POST", "/v2/models/external/infer", rawBytes);
    expect([lasting.status, lasting.headers["retry-after"]]).to.deep.equal([503, "1"]);
    left = 1;
    expect((await call(atEndpoints!, "POST", "/v2/models/external/infer", rawBytes)).status).to.equal(200);
    endpoints.watch = () => Promise.resolve();
  });

  /** Calls as many at a time until `during` has ended; each status with how often it came. */
  async function loaded(atOnce: number, during: () => Promise<unknown>): Promise<Map<number, number>> {
    const seen = new Map<number, number>();
    let over = false;
    const one = async () => {
      while (!over) {
        const { status, headers } = await call(atEndpoints!, "POST", "/v2/models/external/infer", rawBytes);
        seen.set(status, (seen.get(status) ?? 0) + 1);
        if (status === 503) expect(headers["retry-after"]).to.match(/^\d+$/);
      }
    };
    const load = Promise.all(Array.from({ length: atOnce }, one));
    await during().finally(() => (over = true));
    await load;
    return seen;
  }

  const sleep = (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms));

  /** Nothing is lost afterwards. */
  async function allAnswered(): Promise<void> {
    const statuses = new Set<number>();
    for (let count = 0; count < 50; count++)
      statuses.add((await call(atEndpoints!, "POST", "/v2/models/external/infer", rawBytes)).status);
    expect([...statuses]).to.deep.equal([200]);
  }

  it("answers 200 or 503 while engines are killed under load, and 200 alone afterwards", async function () {
    const seen = await loaded(4, async () => {
      for (let round = 0; round < 3; round++) {
        const { pid } = engine("external");
        process.kill(pid!, "SIGKILL");
        const until = Date.now() + 30_000;
        while (Date.now() < until && (engine("external").pid === pid || !engine("external").isReady)) await sleep(20);
        await sleep(300);
      }
    });
    expect([...seen.keys()].filter((status) => ![200, 503].includes(status))).to.deep.equal([]);
    expect(seen.get(503)).to.be.greaterThan(0);
    expect(seen.get(200)).to.be.greaterThan(0);
    await allAnswered();
  });

  it("answers 200 alone while an endpoint is slow", async function () {
    const { endpoints } = atEndpoints!.run;
    endpoints.watch = () => sleep(500);
    const seen = await loaded(8, () => sleep(3_000));
    endpoints.watch = () => Promise.resolve();
    expect([...seen.keys()]).to.deep.equal([200]);
  });

  it("answers 503 within the function's time to an engine that is stopped, and 200 once it goes on", async function () {
    const { pid } = engine("classifier");
    const body = '{"instances":[[1,2]]}';
    process.kill(pid!, "SIGSTOP");
    const started = Date.now();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => call(atEndpoints!, "POST", "/v1/models/classifier:predict", { body })),
    );
    process.kill(pid!, "SIGCONT");
    expect(answers.map(({ status }) => status)).to.deep.equal([503, 503, 503, 503]);
    expect(Date.now() - started).to.be.lessThan(29_000);
    expect(answers[0]!.headers["retry-after"]).to.match(/^\d+$/);
    expect((await call(atEndpoints!, "POST", "/v1/models/classifier:predict", { body })).status).to.equal(200);
    expect(engine("classifier").pid).to.equal(pid);
    // Other models are none the worse for it.
    await allAnswered();
  });

  it("loses no request while a changed model takes the place of the old one under load", async function () {
    const before = engine("large").pid;
    const versions = new Set<unknown>();
    const ask = async () => {
      const body = '{"inputs":[{"name":"at","datatype":"INT64","shape":[1],"data":[0]}]}';
      const { status, text } = await call(atEndpoints!, "POST", "/v2/models/large/infer", { body });
      expect([200, 503]).to.include(status);
      if (status === 200) versions.add((JSON.parse(text) as Record<string, unknown>).model_version);
    };
    makeLarge(folder, "large", largeRows + 1_000);
    let over = false;
    const load = Promise.all([1, 2].map(async () => void (await until(() => over, ask))));
    await atEndpoints!.run.reload();
    await sleep(300);
    over = true;
    await load;
    expect(engine("large").pid).to.not.equal(before);
    expect(versions.size).to.equal(2);
  });

  it("leaves neither an engine nor a folder behind", async () => {
    const pids = moved.map((model) => engine(model).pid!);
    await atEndpoints!.run.close();
    for (const pid of pids) expect(() => process.kill(pid, 0)).to.throw("ESRCH");
    const left = readdirSync(join(projectRoot, ".local/work/endpoints")).filter((name) =>
      name.startsWith(`${process.pid}-`),
    );
    expect(left).to.deep.equal([]);
  });
});

async function until(over: () => boolean, work: () => Promise<void>): Promise<void> {
  while (!over()) await work();
}
