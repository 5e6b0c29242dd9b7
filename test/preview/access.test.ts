// What a report says where a change lets more callers in: which line, in its head too, and whether it fails.

import { expect } from "chai";
import { printable } from "../../access-matrix/json";
import { matrixOf } from "../../access-matrix/matrix";
import { evaluate } from "../../graph/evaluate";
import { markdown } from "../../preview/markdown";
import { type Report, reportOf } from "../../preview/compare/report";
import type { MatrixSnapshot, Snapshot } from "../../preview/version/snapshot";

type Settings = Readonly<Record<string, unknown>>;

/** The matrices so far, by stack and settings: most comparisons here start from the same. */
const matrices = new Map<string, Promise<MatrixSnapshot>>();

function matrix(stack: string, set: Settings): Promise<MatrixSnapshot> {
  const key = JSON.stringify([stack, set]);
  const known = matrices.get(key) ?? evaluatedMatrix(stack, set);
  matrices.set(key, known);
  return known;
}

async function evaluatedMatrix(stack: string, set: Settings): Promise<MatrixSnapshot> {
  const graph = await evaluate({ stack, set });
  return JSON.parse(JSON.stringify(printable(matrixOf(graph)))) as MatrixSnapshot;
}

async function compared(stack: string, before: Settings, after: Settings): Promise<{ report: Report; text: string }> {
  const version = async (name: string, set: Settings) => {
    const program = { resources: [], outputs: [] };
    const all = { settings: {}, program, matrix: await matrix(stack, set), findings: [] };
    return { name, snapshot: { declared: {}, exceptions: [], stacks: { [stack]: all } } satisfies Snapshot };
  };
  const report = reportOf(await version("one", before), await version("two", after), []);
  return { report, text: markdown(report) };
}

describe("Preview: who may call after a change", () => {
  const root = (digit: string) => `arn:aws:iam::${digit.repeat(12)}:role/it`;
  const acme = { name: "acme", principal: root("1"), models: ["mymodel"] };
  const labs = { name: "labs", principal: root("1").replace("it", "labs") };

  it("fails where a factor is dropped, and marks every route that lost it", async () => {
    for (const [setting, api, factor] of [
      ["mutualTls", "httpApi", "a client certificate"],
      ["apiGatewayKeyRequired", "apiGateway", "an API key"],
    ] as const) {
      const { report, text } = await compared("prod", {}, { [setting]: false });
      const failure = report.failures.find((line) => line.startsWith(`prod: ${api} NO LONGER ASKS FOR ${factor}: `));
      expect(failure, setting).to.contain("POST /").and.to.contain("GET /v2");
      expect(text).to.contain("**Do not merge this as it is:**").and.not.to.contain("No objection");
      const changed = text
        .split("\n")
        .filter((line) => /changed `\w+: \w+ .*\(([\w.]+|default endpoint)\)`/.test(line));
      const dropped = changed.filter((line) => line.includes(`\`${api}: `) && !/OPTIONS|disabled/.test(line));
      expect(dropped.length).to.be.greaterThan(5);
      for (const line of dropped) expect(line).to.match(/^\* \*\*LETS MORE CALLERS IN\*\*/);
      const back = await compared("prod", { [setting]: false }, {});
      expect(back.report.failures.concat(back.report.widened)).to.deep.equal([]);
      expect(back.text).to.contain("No objection");
    }
  });

  it("fails where a closed default endpoint opens with its own domain gone", async () => {
    const { report, text } = await compared("prod", { apiGatewayDomain: "api.example.com" }, {});
    expect(report.failures).to.deep.equal([
      "prod: A CLOSED ENDPOINT OPENS: apiGateway at default endpoint: TLS 1.3, strict host",
    ]);
    expect(report.widened.join()).to.contain("prod: apiGateway lets in what it refused before: ");
    expect(text).not.to.contain("No objection");
  });

  it("compares a route at a new address with the same route at the old one", async () => {
    const domain = (name: string, mutualTls: boolean) => ({ httpApiDomain: name, mutualTls });
    const moved = await compared("prod", domain("a.example.com", true), domain("b.example.com", true));
    expect(moved.report.failures.concat(moved.report.widened)).to.deep.equal([]);
    const dropped = await compared("prod", domain("a.example.com", true), domain("b.example.com", false));
    expect(dropped.report.failures.join("\n")).to.contain("httpApi NO LONGER ASKS FOR a client certificate: ");
  });

  it("fails where the list of clients is gone, and names clients and models that are added", async () => {
    const base = { clients: [acme], apiGatewayKeyRequired: false };
    const gone = await compared("prod", base, { ...base, clients: [] });
    expect(gone.report.failures).to.deep.equal([
      "prod: THE LIST OF CLIENTS IS GONE: apiGateway lets WHOEVER IS LET IN call every model",
    ]);
    expect(gone.text).to.contain(
      "* **LETS MORE CALLERS IN**: `new: apiGateway lets WHOEVER IS LET IN call every model`",
    );

    const added = await compared("prod", base, { ...base, clients: [acme, labs] });
    expect(added.report.failures).to.deep.equal([]);
    expect(added.report.widened).to.include(`prod: apiGateway lets labs (${labs.principal}) call every model`);
    expect(added.text).to.contain("**This change lets more callers in:**").and.not.to.contain("No objection");

    const all = { name: "acme", principal: acme.principal };
    const models = await compared("prod", base, { ...base, clients: [all] });
    expect(models.report.widened).to.include(`prod: apiGateway lets acme (${acme.principal}) call every model`);
    const fewer = await compared("prod", { ...base, clients: [all] }, base);
    const list = await compared("prod", { ...base, clients: [] }, base);
    for (const { report } of [fewer, list]) expect(report.failures.concat(report.widened)).to.deep.equal([]);
  });

  it("names a wider network, and not one that lies inside of an allowed one", async () => {
    const allow = (...allowedNetworks: string[]) => ({ allowedNetworks });
    const wider = await compared("prod", allow("203.0.113.0/28"), allow("203.0.113.0/24"));
    expect(wider.report.widened).to.include("prod: apiGateway takes calls from 203.0.113.0/24");
    for (const [before, after] of [
      [allow("203.0.113.0/24"), allow("203.0.113.0/28")],
      [{}, allow("203.0.113.0/24")],
    ]) {
      const { report } = await compared("prod", before!, after!);
      expect(report.failures.concat(report.widened)).to.deep.equal([]);
    }
  });

  it("names a new issuer, a new audience and a new origin of web pages", async () => {
    const base = { apiGatewayAuth: "lambda", apiGatewayKeyRequired: false, corsOrigin: "https://app.example.com" };
    const issuer = await compared("prod", base, { ...base, oidcIssuer: "https://evil.example.com/" });
    expect(issuer.report.widened.join("\n")).to.match(
      /apiGateway accepts tokens of `https:\/\/evil.example.com\/` for `/,
    );
    const audience = await compared("prod", base, { ...base, oidcAudience: "https://another.example.com" });
    expect(audience.report.widened.join("\n")).to.contain("for `https://another.example.com`");
    const origin = await compared("prod", base, { ...base, corsOrigin: "*" });
    for (const api of ["apiGateway", "httpApi"]) {
      expect(origin.report.widened).to.include(`prod: ${api} lets web pages of * call it`);
      expect(origin.text).to.contain(`* \`no more: ${api} lets web pages of https://app.example.com call it\``);
    }
  });

  it("takes a new module for no loosening", async () => {
    const { report } = await compared("dev", {}, { httpApi: true });
    expect(report.failures.concat(report.widened)).to.deep.equal([]);
  });
});
