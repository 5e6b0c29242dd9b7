import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { makeModels } from "../local/endpoints/both-ways";
import { requests, seen } from "../local/endpoints/requests";
import { type Served, serveStack } from "../local/served";
import { orSkip } from "../training/python";
import { installedPython } from "./installed-python";
import { repositories, startTriton, type Triton } from "./triton-server";

const moved = ["all", "classifier", "external"];
const endpoints = moved.map((model) => ({ model, instanceType: "ml.m5.large" }));
const unthrottled = { keyRateLimit: 10_000, keyBurstLimit: 5_000, apiRateLimit: 10_000, apiBurstLimit: 5_000 };

describe("A real Triton server", () => {
  const models = mkdtempSync(join(tmpdir(), "for-triton-"));
  const set = { modelsFolder: models, defaultModel: "mymodel", ...unthrottled };
  let python: string;

  before(async function () {
    python = await orSkip(this, () =>
      installedPython("model-serving-triton", join(__dirname, "requirements.txt"), "Triton's packages"),
    );
    makeModels(models);
  });
  after(() => rmSync(models, { recursive: true }));

  describe("in the place of the embedded engine, by npm start -- --engine", () => {
    let triton: Triton | undefined;
    let [inFunction, atTriton]: [Served?, Served?] = [];

    before(async () => {
      const { folder, models: names } = repositories(await evaluate({ stack: "dev", set: { ...set, endpoints } }));
      triton = await startTriton(python, folder);
      const address = (model: string) => new URL(`${triton!.url}/v2/models/${names.get(`model-serving-dev-${model}`)}`);
      const engines = new Map(moved.map((model) => [model, address(model)]));
      inFunction = await serveStack(set);
      atTriton = await serveStack({ ...set, endpoints }, "dev", undefined, engines);
    });
    after(async () => {
      await inFunction?.run.close();
      await atTriton?.run.close();
      await triton?.close();
    });

    for (const { what, method, path, options = {}, refused = 200 } of requests)
      it(`answers with the same status, headers and bytes as the function: ${what}`, async () => {
        const call = (served: Served) => {
          const headers = { ...options.headers, "x-api-key": served.run.credentials.apiKey! };
          return served.call(method, path, { ...options, headers });
        };
        const [one, other] = [await call(inFunction!), await call(atTriton!)];
        expect(seen(other)).to.equal(seen(one));
        expect(one.status).to.equal(refused);
      });

    it("has computed what was moved", () => {
      const answered = atTriton!.lines.filter((line) => line.includes('"outcome":"answered"'));
      expect(answered.length).to.be.greaterThan(7);
    });
  });

  // Triton listens to SageMaker on all addresses, which nobody outside the test may reach.
  describe("behind SageMaker's container contract, in a network of its own", () => {
    it("answers as the embedded engine does", async function () {
      const enter = ["--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"'];
      if (spawnSync("unshare", [...enter, "true"], { stdio: "ignore" }).status !== 0) {
        process.emitWarning("not run: this machine does not let a process have a network of its own (unshare --net)");
        return this.skip();
      }
      const { folder } = repositories(await evaluate({ stack: "dev", set: { ...set, endpoints } }));
      const compare = ["run.mjs", "test/engines/compare-containers.ts", python, folder];
      const child = spawn("unshare", [...enter, process.execPath, ...compare], { cwd: projectRoot });
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (chunk) => (stdout += String(chunk)));
      child.stderr.on("data", (chunk) => (stderr += String(chunk)));
      await new Promise((done) => child.on("close", done));
      expect(stderr).to.equal("");
      const { compared, differences } = JSON.parse(stdout) as { compared: number; differences: string[] };
      expect(differences).to.deep.equal([]);
      expect(compared).to.be.greaterThan(15);
    });
  });
});
