// A real MLServer in the place of an endpoint's engine: it takes tensors as JSON alone, and the function sends bytes.

import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { declaredEndpoints } from "../../local/endpoints/declared-endpoint";
import { repositoryFolder } from "../../local/endpoints/repository-folder";
import { flower, type Served, serveStack } from "../local/served";
import { orSkip } from "../training/python";
import { installedPython } from "./installed-python";
import { freePort } from "./triton-server";

const endpoints = [{ model: "mymodel", instanceType: "ml.m5.large" }];

describe("A real MLServer", () => {
  const folder = mkdtempSync(join(tmpdir(), "for-mlserver-"));
  let server: ChildProcess | undefined;
  let [inFunction, atServer]: [Served?, Served?] = [];

  before(async function () {
    const python = await orSkip(this, () =>
      installedPython("model-serving-mlserver", join(__dirname, "mlserver.txt"), "MLServer's packages"),
    );
    const [endpoint] = declaredEndpoints(await evaluate({ stack: "dev", set: { endpoints } }));
    const model = join(repositoryFolder(endpoint!.files, join(folder, "made")), endpoint!.model, "1/model.onnx");
    copyFileSync(join(__dirname, "onnx_model.py"), join(folder, "onnx_model.py"));
    const settings = { name: "mymodel", implementation: "onnx_model.OnnxModel", parameters: { uri: model } };
    writeFileSync(join(folder, "model-settings.json"), JSON.stringify(settings));
    const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
    const ports = { http_port: port, grpc_port: grpc, metrics_port: metrics };
    writeFileSync(join(folder, "settings.json"), JSON.stringify({ host: "127.0.0.1", parallel_workers: 0, ...ports }));
    server = spawn(join(dirname(python), "mlserver"), ["start", "."], { cwd: folder, stdio: "ignore" });
    const url = `http://127.0.0.1:${port}`;
    for (const until = Date.now() + 120_000; ; await new Promise((wake) => setTimeout(wake, 200))) {
      if ((await fetch(`${url}/v2/models/mymodel/ready`).catch(() => undefined))?.ok === true) break;
      if (server.exitCode !== null || Date.now() > until) throw new Error("MLServer did not start");
    }
    inFunction = await serveStack();
    atServer = await serveStack({ endpoints }, "dev", undefined, new Map([["mymodel", new URL(url)]]));
  });
  after(async () => {
    await inFunction?.run.close();
    await atServer?.run.close();
    server?.kill("SIGTERM");
    rmSync(folder, { recursive: true });
  });

  const binary = JSON.stringify({ ...(JSON.parse(flower) as object), parameters: { binary_data_output: true } });
  for (const [what, body] of [
    ["JSON", flower],
    ["rows", '{"instances":[[5.1,3.5,1.4,0.2],[6.2,2.8,4.8,1.8]]}'],
    ["binary outputs", binary],
    ["a wrong shape", flower.replace("[1,4]", "[1,5]")],
  ] as const)
    it(`gives the answer that the function gives: ${what}`, async () => {
      const [one, other] = await Promise.all(
        [inFunction!, atServer!].map((served) =>
          served.call("POST", "/mymodel", { headers: { "x-api-key": served.run.credentials.apiKey! }, body }),
        ),
      );
      expect([other!.status, other!.bytes.toString("hex")]).to.deep.equal([one!.status, one!.bytes.toString("hex")]);
      expect(one!.status).to.equal(what === "a wrong shape" ? 400 : 200);
    });

  it("has computed them", () => {
    expect(atServer!.lines.filter((line) => line.includes('"outcome":"answered"')).length).to.equal(3);
  });
});
