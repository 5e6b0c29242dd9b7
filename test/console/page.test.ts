import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { gateTexts } from "../../console/page/gate-texts";
import { sampleOf } from "../../console/page/samples";
import type { CellView } from "../../console/wire";
import { projectRoot } from "../../graph/evaluate";

const cell: CellView = {
  ...{ id: 0, api: "apiGateway", address: "default endpoint", place: "route", method: "POST", path: "/mymodel" },
  ...{ asks: "token (Lambda authorizer) + API key", credential: "all right", status: 200 },
};
const url = "https://localhost:8443/dev/mymodel";
const hostile = `{"a":"it's $(touch pwned) \`id\` \\"quoted\\" \n ${"${process.exit(3)}"}"}`;

describe("Console: the gates", () => {
  it("are all explained: each phase of the pipelines, and what comes before them", () => {
    const pipelines = ["gateway/rest/rest-pipeline.ts", "gateway/http-api/http-api-pipeline.ts"];
    const phases = pipelines.flatMap((file) =>
      [...readFileSync(join(projectRoot, "local", file), "utf8").matchAll(/^ {2}(?:async )?function (\w+)\(/gm)].map(
        ([, name]) => name!,
      ),
    );
    expect(phases).to.include.members(["webAcl", "usagePlan", "throttling", "corsPreflight"]);
    const before = ["clientCertificate", "domain", "endpoint"];
    expect(Object.keys(gateTexts).sort()).to.deep.equal([...new Set([...phases, ...before])].sort());
  });
});

describe("Console: a call as code", () => {
  const own = { text: hostile, headers: { "content-type": "application/json" } };

  it("is for curl what the form sends, whatever the body is", () => {
    const text = sampleOf("curl", url, cell, own, "/ca file.pem");
    const script = `curl() { for each in "$@"; do printf '%s\\0' "$each"; done; }; API_KEY=k TOKEN=t; ${text}`;
    const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
    expect(stdout.split("\0").slice(0, -1)).to.deep.equal([
      ...["-X", "POST", "--cacert", "/ca file.pem", "-H", "content-type: application/json", "-H", "x-api-key: k"],
      ...["-H", "authorization: Bearer t", "--data-binary", hostile, url],
    ]);
  });

  it("is signed by curl where the route asks for a signature", () => {
    const text = sampleOf("curl", url, { ...cell, asks: "IAM signature" }, own, "/ca.pem");
    expect(text).to.contain('--aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:');
  });

  it("is for TypeScript what the form sends", () => {
    const text = sampleOf("typescript", url, cell, own, "/ca.pem");
    const script = `globalThis.fetch = async (url, options) => { console.log(JSON.stringify([url, options])); return { status: 0, text() {} }; };\n${text}`;
    const env = { ...process.env, API_KEY: "k", TOKEN: "t" };
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", env });
    expect(JSON.parse(stdout.split("\n")[0]!)).to.deep.equal([
      url,
      {
        method: "POST",
        headers: { "content-type": "application/json", "x-api-key": "k", authorization: "Bearer t" },
        body: hostile,
      },
    ]);
  });

  it("is for Python what the form sends", function () {
    const text = sampleOf("python", url, cell, own, "/ca.pem").replace("import os, requests", "import os, json");
    const fake = `
class requests:
    @staticmethod
    def request(method, url, **options):
        options["data"] = options["data"].decode()
        print(json.dumps([method, url, options]))
        class Response: status_code = 0; text = ""
        return Response
`;
    const env = { ...process.env, API_KEY: "k", TOKEN: "t" };
    const script = text.replace("import os, json\n", `import os, json\n${fake}`);
    const { stdout, error } = spawnSync("python3", ["-c", script], { encoding: "utf8", env });
    if (error !== undefined) {
      process.emitWarning("not run: there is no python3 here");
      return this.skip();
    }
    const headers = { "content-type": "application/json", "x-api-key": "k", authorization: "Bearer t" };
    expect(JSON.parse(stdout.split("\n")[0]!)).to.deep.equal([
      ...["POST", url],
      { verify: "/ca.pem", headers, data: hostile },
    ]);
  });
});
