import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../graph/evaluate";
import { openHome } from "../../local/base/home";
import { runPipeline } from "../../local/training/run-pipeline";
import { python, stepsPython } from "../training/python";
import { sdkPython } from "./python";

describe("The requests that the training pipeline makes on this machine", () => {
  let sdk: string;
  let folder: string;
  before(async function () {
    sdk = await sdkPython(this);
    await stepsPython(this);
    folder = mkdtempSync(join(tmpdir(), "requests-test-"));
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  it("fit the service's shapes", async () => {
    const nothing = () => undefined;
    const watch = { note: nothing, started: nothing, said: nothing, ended: nothing };
    const home = { ...openHome(projectRoot), cloud: join(folder, "cloud") };
    const parameters = { ModelApprovalStatus: "Approved" };
    await runPipeline({ home, stack: "dev", settings: {}, parameters, approve: true, watch });
    const [execution] = readdirSync(join(home.cloud, "dev/executions"));
    const record = join(home.cloud, "dev/executions", execution!);
    const lines = readdirSync(record).map((file) =>
      JSON.stringify(JSON.parse(readFileSync(join(record, file), "utf8"))),
    );
    expect(lines).to.have.lengthOf(4);
    const check = async (input: string[]) =>
      (await python(sdk, [join(__dirname, "request_shapes.py")], { input: `${input.join("\n")}\n` })).stdout.trim();
    expect(await check(lines)).to.equal("checked 4");
    const broken = lines.map((line) => line.replace('"RoleArn"', '"Role"'));
    expect(await check(broken))
      .to.contain('Missing required parameter in input: "RoleArn"')
      .and.contain("Role is unknown");
  });
});
