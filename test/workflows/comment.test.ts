// The script of preview-comment.yml, run as GitHub runs it, against an API of this machine that plays GitHub's.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { workflows } from "./workflow";
import { zip } from "./zip";

const script = workflows().find(({ file }) => file === "preview-comment.yml")!.jobs.comment!.steps![0]!.run!;
const sha = "a".repeat(40);
const run = {
  id: 7,
  head_sha: sha,
  head_branch: 'x";rm -rf /&state=closed#',
  head_repository: { id: 99, owner: { login: "stranger" } },
  html_url: "https://github.example/owner/repo/actions/runs/7",
};

interface World {
  readonly pulls?: readonly object[];
  readonly report?: string;
  readonly archive?: Buffer;
  readonly artifact?: object;
  readonly comments?: readonly object[];
  readonly files?: readonly object[];
}

interface Written {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

describe("The comment of a preview on a pull request", () => {
  let server: Server;
  let folder: string;
  let world: World;
  let written: Written[];
  let asked: string[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "comment-"));
    writeFileSync(join(folder, "script"), script);
    writeFileSync(join(folder, "event.json"), JSON.stringify({ workflow_run: run }));
    server = createServer((request, response) => {
      const path = request.url!.replace("/repos/owner/repo", "");
      let text = "";
      request.on("data", (chunk) => (text += String(chunk)));
      request.on("end", () => {
        asked.push(`${request.method} ${path}`);
        if (request.method !== "GET") {
          written.push({ method: request.method!, path, body: (JSON.parse(text) as { body: string }).body });
          response.end("{}");
        } else if (path.startsWith("/pulls/12/files?")) {
          const page = Number(new URLSearchParams(path.split("?")[1]).get("page"));
          response.end(JSON.stringify((world.files ?? []).slice(100 * (page - 1), 100 * page)));
        } else if (path.startsWith("/pulls?")) response.end(JSON.stringify(world.pulls ?? [pull]));
        else if (path.includes("/artifacts?")) response.end(JSON.stringify({ artifacts: artifacts() }));
        else if (path.endsWith("/zip"))
          response.end(world.archive ?? zip("preview.md", Buffer.from(world.report ?? "")));
        else if (path.startsWith("/issues/")) response.end(JSON.stringify(world.comments ?? []));
        else response.writeHead(404).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const pull = { number: 12, head: { sha, repo: { id: 99 } } };
  const artifacts = () => (world.artifact === undefined ? [] : [world.artifact]);
  const artifact = { id: 5, name: "preview", expired: false, size_in_bytes: 100 };

  async function post(told: World): Promise<Written[]> {
    [world, written, asked] = [{ artifact, ...told }, [], []];
    const child = spawn(process.execPath, [join(folder, "script")], {
      env: {
        GITHUB_EVENT_PATH: join(folder, "event.json"),
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        GITHUB_REPOSITORY: "owner/repo",
        TOKEN: "a-token",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (chunk) => (said += String(chunk)));
    child.stderr.on("data", (chunk) => (said += String(chunk)));
    const code = await new Promise((done) => child.on("close", done));
    expect(code, said).to.equal(0);
    expect(said).not.to.contain("a-token");
    return written;
  }

  it("is written once, with the report in a fence", async () => {
    const [comment, ...more] = await post({ report: "# Preview\n\n* a line\n" });
    expect(more).to.deep.equal([]);
    expect(comment).to.include({ method: "POST", path: "/issues/12/comments" });
    expect(comment!.body).to.match(/^<!-- model-serving preview -->\n\*\*Preview of a{12}\*\*/);
    expect(comment!.body).to.contain("\n```markdown\n# Preview\n\n* a line\n```");
  });

  it("is updated in place; another's comment that looks like it stays", async () => {
    const body = "<!-- model-serving preview --> x";
    const foreign = { id: 1, user: { login: "stranger" }, body };
    const own = { id: 2, user: { login: "github-actions[bot]" }, body };
    const [comment] = await post({ report: "new", comments: [foreign, own] });
    expect(comment).to.include({ method: "PATCH", path: "/issues/comments/2" });
    expect((await post({ report: "new", comments: [foreign] }))[0]).to.include({ method: "POST" });
  });

  it("cannot be left by a report, however many backticks it holds, and shows nothing invisible", async () => {
    const report =
      "```\n````markdown\n@everyone <img src=x> [a](http://evil.example)\n`````\n\u202eesrever\u200b\u0000\r\n";
    const { body } = (await post({ report }))[0]!;
    const opened = /^(`+)markdown$/m.exec(body)![1]!;
    expect(opened).to.have.length(6);
    const inside = body.slice(body.indexOf(`${opened}markdown`));
    expect(inside.split("\n").filter((line) => line.startsWith(opened))).to.deep.equal([`${opened}markdown`, opened]);
    expect(body).not.to.match(/[\u202e\u200b\u0000\r]/);
    expect(body.endsWith(opened)).to.equal(true);
  });

  it("says which of the files that check a change it touches, whatever the report says", async () => {
    const many = Array.from({ length: 150 }, (_, index) => ({ filename: `lambda/${index}.ts` }));
    const moved = { filename: "old/pack.ts", previous_filename: "policy/pack.ts" };
    const files = [
      ...many,
      { filename: ".github/`@team`" },
      moved,
      { filename: "policy.md" },
      { filename: "a/run.mjs" },
    ];
    const [comment] = await post({ report: "No objection", files });
    expect(comment!.body).to.contain("\n\n**This change also changes what checks it:** `policy/`, `.github/`\n\n```");
    expect(comment!.body).not.to.contain("@team");
    expect((await post({ report: "x", files: many }))[0]!.body).not.to.contain("checks it");
    const endless = Array.from({ length: 3000 }, () => ({ filename: "x" }));
    expect((await post({ report: "x", files: endless }))[0]!.body).to.contain("more files than GitHub lists");
  });

  it("is cut where the report is long", async () => {
    const { body } = (await post({ report: "x".repeat(150_000) }))[0]!;
    expect(body).to.have.lengthOf.below(60_000).and.contain("(cut;");
  });

  it("tells that a report is too large, without unpacking it", async () => {
    const bomb = await post({ archive: zip("preview.md", Buffer.alloc(50_000_000)) });
    expect(bomb[0]!.body).to.contain("too large").and.have.lengthOf.below(1_000);
    const declared = await post({ artifact: { ...artifact, size_in_bytes: 5_000_000 } });
    expect(declared[0]!.body).to.contain("too large");
    expect(asked.filter((path) => path.endsWith("/zip"))).to.deep.equal([]);
    // What it is says less than what it was said to be.
    expect((await post({ archive: Buffer.alloc(3_000_000, 1) }))[0]!.body).to.contain("too large");
  });

  it("tells that a report cannot be read, whatever the archive holds", async () => {
    expect((await post({ archive: Buffer.from("no zip") }))[0]!.body).to.contain("cannot be read");
    expect((await post({ archive: zip("../preview.md", Buffer.from("x")) }))[0]!.body).to.contain("cannot be read");
  });

  it("goes to the pull request that GitHub names, whatever the report says", async () => {
    const [comment] = await post({ report: '{"number": 666, "pull_request": 666}' });
    expect(comment!.path).to.equal("/issues/12/comments");
    expect(asked[0]).to.equal(
      `GET /pulls?state=open&per_page=100&head=${encodeURIComponent(`stranger:${run.head_branch}`)}`,
    );
  });

  it("is not written for a commit that is no more the newest, nor for another repository's branch of that name", async () => {
    expect(
      await post({ report: "x", pulls: [{ ...pull, head: { ...pull.head, sha: "b".repeat(40) } }] }),
    ).to.deep.equal([]);
    expect(await post({ report: "x", pulls: [{ ...pull, head: { sha, repo: { id: 1 } } }] })).to.deep.equal([]);
    expect(await post({ report: "x", pulls: [{ ...pull, head: { sha, repo: null } }] })).to.deep.equal([]);
  });

  it("is not written where the run left no report", async () => {
    expect(await post({ artifact: undefined })).to.deep.equal([]);
    expect(await post({ artifact: { ...artifact, expired: true } })).to.deep.equal([]);
  });
});
