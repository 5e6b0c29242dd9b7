import { expect } from "chai";
import { matrixOf } from "../../access-matrix/matrix";
import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { httpApis } from "../../local/gateway/http-api/http-api";
import { nobody } from "../local/gateway/http/fixture";
import { type Document, documentChanged, findings, httpApi, statuses } from "./a-program";

const origin = "https://app.example.com";

describe("Access matrix, preflights of an HTTP API,", () => {
  let open: Graph;
  before(async () => {
    const off = { apiGateway: false, auth0Authorizer: false, secrets: false, sagemaker: false };
    open = await evaluate({ stack: "dev", set: { ...off, httpApi: true, corsOrigin: origin } });
  });

  /** The program with an OPTIONS route, protected as POST /models is. */
  const withOptions = (path: string): Graph =>
    documentChanged(open, httpApi, ({ paths }: Document) => {
      paths[path] = { ...paths[path], options: structuredClone(paths["/models"]!.post!) };
    });
  const preflightsOf = (graph: Graph) =>
    matrixOf(graph)
      .cells.filter(({ location }) => location === "preflight")
      .map(({ path, credential, status }) => [path, credential.name, status]);

  /** What the local gateway answers to a preflight without credentials. */
  async function served(graph: Graph, path: string): Promise<number> {
    const [api] = httpApis({
      ...{ graph, identities: nobody, clock: Date.now, accessLog: () => undefined, errorLog: () => undefined },
      functions: { invoke: () => Promise.resolve({ kind: "result", payload: { statusCode: 200 } }) },
    });
    const headers = Object.entries({ Host: "localhost", Origin: origin, "Access-Control-Request-Method": "POST" });
    const request = { method: "OPTIONS", url: `${api!.basePath}${path}`, protocol: "HTTP/1.1", headers };
    return (await api!.respond({ ...request, body: Buffer.alloc(0), sourceIp: "127.0.0.1", receivedAt: Date.now() }))
      .status;
  }

  it("are open to anyone at every path", async () => {
    expect(preflightsOf(open)).to.deep.equal([["/models", "nothing", 204]]);
    expect(findings(open).preflights).to.deep.equal(["httpApi: OPTIONS, at every path"]);
    expect(await served(open, "/models")).to.equal(204);
  });

  it("are refused by an OPTIONS route with an authorizer, and open elsewhere", async () => {
    const graph = withOptions("/models");
    expect(statuses(graph, "httpApi", "OPTIONS /models")).to.include({ nothing: 403 });
    expect(await served(graph, "/models")).to.equal(403);
    const [[path, , status]] = preflightsOf(graph) as [[string, string, number]];
    expect(path).not.to.equal("/models");
    expect(await served(graph, path))
      .to.equal(status)
      .and.equal(204);
    expect(findings(graph).preflights).to.deep.equal(["httpApi: OPTIONS, at every path but /models"]);
  });

  it("are refused by an OPTIONS route with a variable, too", async () => {
    const graph = withOptions("/{any}");
    const [[path, , status]] = preflightsOf(graph) as [[string, string, number]];
    expect(path.split("/").length).to.be.greaterThan(2);
    expect(await served(graph, path))
      .to.equal(status)
      .and.equal(204);
    expect(await served(graph, "/models")).to.equal(403);
  });
});
