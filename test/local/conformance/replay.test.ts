import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { expect } from "chai";
import { type Area, type Case, readAreas } from "../../../conformance/case";
import { applies, replay } from "../../../conformance/replay";
import { projectRoot } from "../../../graph/evaluate";
import { openAuthority } from "../../../local/certificates/authority";
import { LocalFunctions } from "../../../local/functions/local-functions";
import { startIssuer } from "../../../local/issuer/issuer";
import { functionResources } from "./program";
import { served, type Stand } from "./serve";

/** The two APIs of conformance/echo-stack as cases, so that they can be served here. */
const echoApi = (api: "rest" | "http", paths: readonly string[]): Case => ({
  ...{
    name: "echo",
    api,
    endpoint: null,
    evidence: { grade: "documented", source: "https://example.com", date: "2026" },
  },
  setup: { routes: paths.map((path) => ({ method: "ANY", path, handler: "echo" })) },
  expect: {},
});

describe("The replay of conformance cases", () => {
  const folder = mkdtempSync(join(tmpdir(), "replay-"));
  const apis = { rest: echoApi("rest", ["/", "/{proxy+}"]), http: echoApi("http", ["/$default"]) };
  let stand: Stand;
  let functions: LocalFunctions;

  before(async () => {
    const authority = await openAuthority(join(folder, "authority"));
    const certificate = await authority.server(["localhost", "127.0.0.1"]);
    const issuer = await startIssuer({ certificate });
    const resources = functionResources(Object.values(apis));
    functions = await LocalFunctions.start(
      { stack: "test", resources, examples: [], outputs: {} },
      { workDirectory: folder, projectRoot, log: () => undefined },
    );
    stand = { functions, authority, certificate, issuer };
  });
  after(async () => {
    await stand.issuer.close();
    await functions.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("sends to an echo stack what applies, and finds no difference but the known ones", async () => {
    const all = readAreas().map((area) => ({
      ...area,
      cases: area.cases.filter(({ differs }) => differs === undefined),
    }));
    const rest = await served(apis.rest, stand);
    const http = await served(apis.http, stand);
    try {
      const report = await replay(all, { rest: rest.url, http: http.url }, stand.authority.certificate);
      expect(report.sent).to.be.greaterThan(20);
      expect(report.different).to.deep.equal([]);
      // A wrong expectation is reported with its source.
      const [area] = all.filter(({ cases }) => cases.some(applies));
      const [right] = area!.cases.filter(applies);
      const wrong: Area = { ...area!, cases: [{ ...right!, expect: { status: 418 } }] };
      // Only answers of 200 are asked of an echo stack, so the status itself would take the case out.
      const headers = { ...right!.expect.headers, "x-nobody-sends": "it" };
      const changed = { ...wrong, cases: [{ ...right!, expect: { status: 200, headers } }] };
      const { different } = await replay([changed], { rest: rest.url, http: http.url }, stand.authority.certificate);
      expect(different).to.have.lengthOf(1);
      expect(different[0]).to.include({ name: right!.name, source: right!.evidence.source });
      expect((await replay([wrong], { rest: rest.url }, stand.authority.certificate)).sent).to.equal(0);
    } finally {
      await rest.close();
      await http.close();
    }
  });

  it("has an echo stack that a cloud would take: two APIs, one function with a role of no rights", async () => {
    const types: string[] = [];
    const inputs = new Map<string, Record<string, unknown>>();
    await runtime.setMocks({
      newResource: ({ type, name, inputs: given }) => {
        types.push(type);
        inputs.set(`${type} ${name}`, given as Record<string, unknown>);
        const arn = `arn:aws:x:us-east-1:123456789012:${name}`;
        return {
          id: name,
          state: { ...given, arn, invokeArn: arn, executionArn: arn, invokeUrl: `https://${name}.example.com/test` },
        };
      },
      call: ({ inputs: given }) => given,
    });
    const { default: program } = (await import("../../../conformance/echo-stack/index")) as unknown as {
      default: () => { url: { apply(f: (url: string) => void): void } };
    };
    await new Promise<void>((done) => {
      program().url.apply(() => {
        done();
      });
    });
    expect(
      types.filter((type) => /restApi:RestApi|apigatewayv2\/api:Api|function:Function$/.test(type)),
    ).to.have.lengthOf(3);
    expect(types.filter((type) => /^aws:iam/.test(type))).to.deep.equal(["aws:iam/role:Role"]);
    expect(inputs.get("aws:lambda/function:Function echo")).to.include({ runtime: "nodejs24.x" });
  });
});
