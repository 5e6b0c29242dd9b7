// The script of drift.yml that writes the issue, run as GitHub runs it, against an API of this machine that plays GitHub's.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { workflows } from "./workflow";

const script = workflows().find(({ file }) => file === "drift.yml")!.jobs.issue!.steps![0]!.run!;

interface Written {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
}

const marker = "<!-- model-serving drift -->";
const still = { result: "success", outputs: { drift: "false", report: "## Stack `dev`\n\nnothing" } };
const drifted = { result: "success", outputs: { drift: "true", report: "## Stack `prod`\n\n- a key" } };
const own = { number: 7, user: { login: "github-actions[bot]" }, body: `${marker}\n\nold` };
const foreign = { number: 8, user: { login: "stranger" }, body: marker };

describe("The issue about drift", () => {
  let server: Server;
  let folder: string;
  let issues: readonly object[];
  let written: Written[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "issue-"));
    writeFileSync(join(folder, "script"), script);
    server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => (text += String(chunk)));
      request.on("end", () => {
        const path = request.url!.replace("/repos/owner/repo", "");
        if (request.method === "GET") return response.end(JSON.stringify(path.startsWith("/issues?") ? issues : []));
        written.push({ method: request.method!, path, body: JSON.parse(text) as Written["body"] });
        response.end("{}");
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function write(stacks: object, found: readonly object[]): Promise<Written[]> {
    [issues, written] = [found, []];
    const child = spawn(process.execPath, [join(folder, "script")], {
      env: {
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        GITHUB_REPOSITORY: "owner/repo",
        GITHUB_SERVER_URL: "https://github.example",
        GITHUB_RUN_ID: "5",
        TOKEN: "a-token",
        STACKS: JSON.stringify(stacks),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
    expect(await new Promise((done) => child.on("close", done)), said).to.equal(0);
    return written;
  }

  it("is opened once there is drift, with each stack's report", async () => {
    const [issue, ...others] = await write({ dev: still, prod: drifted }, [foreign]);
    expect(others).to.deep.equal([]);
    expect(issue).to.include({ method: "POST", path: "/issues" });
    expect(issue!.body.title).to.equal("Drift: what stands is not what was deployed");
    expect(issue!.body.body).to.match(
      /^<!-- model-serving drift -->\n\n\[The run\]\(https:\/\/github\.example\/owner\/repo\/actions\/runs\/5\) of \d{4}-\d\d-\d\d\.\n\n## Stack `dev`\n\nnothing\n\n## Stack `prod`\n\n- a key$/,
    );
  });

  it("is updated in place as long as there is, and no other's is touched", async () => {
    const [issue, ...others] = await write({ dev: still, prod: drifted }, [foreign, own]);
    expect(others).to.deep.equal([]);
    expect(issue).to.include({ method: "PATCH", path: "/issues/7" });
    expect(issue!.body).not.to.have.property("state");
  });

  it("is closed once there is none, and not opened while there is none", async () => {
    const [issue] = await write({ dev: still, prod: still }, [own]);
    expect(issue!.body).to.include({ state: "closed", state_reason: "completed" });
    expect(await write({ dev: still, prod: still }, [foreign])).to.deep.equal([]);
  });

  it("says so where a stack could not be looked at", async () => {
    const [issue] = await write({ dev: still, prod: { result: "failure", outputs: {} } }, []);
    expect(issue!.body.body).to.contain("## Stack `prod`\n\nIt could not be told: the run ended with failure.");
  });
});
