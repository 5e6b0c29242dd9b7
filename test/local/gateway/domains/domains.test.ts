import { expect } from "chai";
import type { Graph, Resource } from "../../../../graph/resource";
import type { ClientCertificate } from "../../../../local/server/client-certificate";
import { domainsOf, domainHandler } from "../../../../local/gateway/custom-domains";
import type { HttpRequest, ServedApi } from "../../../../local/server/http-message";
import { fixture, request, resource } from "../fixture";

const rest = (inputs: object = {}, name = "mymodel.example.com"): Resource =>
  resource("aws:apigateway/domainName:DomainName", name, { domainName: name, ...inputs });
const http = (configuration: object = {}, inputs: object = {}, name = "models.example.com"): Resource =>
  resource("aws:apigatewayv2/domainName:DomainName", name, {
    domainName: name,
    domainNameConfiguration: { securityPolicy: "TLS_1_2", ...configuration },
    ...inputs,
  });
const basePath = (inputs: object = {}): Resource =>
  resource("aws:apigateway/basePathMapping:BasePathMapping", "b", {
    domainName: "mymodel.example.com",
    restApi: "abcdefghij",
    stageName: "dev",
    ...inputs,
  });
const apiMapping = (inputs: object = {}): Resource =>
  resource("aws:apigatewayv2/apiMapping:ApiMapping", "m", {
    domainName: "models.example.com",
    apiId: "httpapi123",
    stage: "dev",
    ...inputs,
  });
const httpApi = resource("aws:apigatewayv2/api:Api", "api", {}, { id: "httpapi123" });
const graphOf = (...resources: Resource[]): Graph => ({ stack: "dev", examples: [], outputs: {}, resources });

describe("Custom domains", () => {
  it("are read with their TLS and what they map, longest path first", () => {
    const graph = graphOf(
      rest({ securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09", endpointAccessMode: "STRICT" }),
      http({}, { mutualTlsAuthentication: { truststoreUri: "s3://b/t.pem", truststoreVersion: "1" } }),
      basePath(),
      basePath({ basePath: "v1", restApi: "other" }),
      apiMapping({ apiMappingKey: "v1/models" }),
    );
    expect(domainsOf(graph)).to.deep.equal([
      {
        name: "mymodel.example.com",
        minVersion: "TLSv1.3",
        mutualTls: false,
        strictHost: true,
        kind: "REST",
        mappings: [
          { apiId: "other", stage: "dev", basePath: "/v1" },
          { apiId: "abcdefghij", stage: "dev", basePath: "" },
        ],
      },
      {
        name: "models.example.com",
        minVersion: "TLSv1.2",
        mutualTls: true,
        strictHost: false,
        kind: "HTTP",
        mappings: [{ apiId: "httpapi123", stage: "dev", basePath: "/v1/models" }],
      },
    ]);
  });

  it("speak what their policy says", () => {
    const versions: [policy: string | undefined, version: string][] = [
      ["TLS_1_2", "TLSv1.2"],
      ["SecurityPolicy_TLS13_1_3_2025_09", "TLSv1.3"],
      ["SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "TLSv1.2"],
      [undefined, "TLSv1.2"],
    ];
    for (const [securityPolicy, version] of versions)
      expect(domainsOf(graphOf(rest({ securityPolicy })))[0]!.minVersion, securityPolicy).to.equal(version);
  });

  const enhanced = { securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09" };
  const mutual = { mutualTlsAuthentication: { truststoreUri: "s3://b/t.pem" } };
  const stops: [what: string, graph: Graph, why: string][] = [
    ["an enhanced policy with mutual TLS", graphOf(rest({ ...enhanced, ...mutual })), "mutual TLS: AWS refuses"],
    ["an enhanced policy over an HTTP API", graphOf(http(enhanced), apiMapping(), httpApi), "HTTP API: AWS refuses"],
    ["a wildcard", graphOf(rest({}, "*.example.com")), "wildcard"],
    ["a name that is none", graphOf(rest({}, "-x.example.com")), "domainName that is not a domain name"],
    ["a name twice", graphOf(rest({}, "a.example.com"), http({}, {}, "A.example.com")), "two domain names"],
    ["a mapping without a stage", graphOf(rest(), basePath({ stageName: undefined })), "names no stage"],
    ["a base path with a slash before it", graphOf(rest(), basePath({ basePath: "/v1" })), "base path"],
    ["a base path that climbs", graphOf(rest(), basePath({ basePath: "a//b" })), "base path"],
  ];
  for (const [what, graph, why] of stops)
    it(`stop the start with ${what}`, () => {
      expect(() => domainsOf(graph)).to.throw(why);
    });

  describe("answer", () => {
    const certificate = { subjectDN: "CN=c" } as ClientCertificate;
    const reasons: string[] = [];
    beforeEach(() => reasons.splice(0));

    function api(id: string): ServedApi {
      return {
        name: id,
        id,
        region: "us-east-1",
        stage: "dev",
        basePath: "/dev",
        minVersion: "TLSv1.2",
        closed: true,
        routes: [],
        respond: ({ domain, clientCert }) =>
          Promise.resolve({
            status: 200,
            headers: [],
            body: JSON.stringify({ id, basePath: domain?.basePath, cert: clientCert?.subjectDN }),
          }),
      };
    }
    function front(...resources: Resource[]): (url: string, more?: Partial<HttpRequest>) => Promise<string> {
      const respond = domainHandler(
        domainsOf(graphOf(...resources))[0]!,
        [api("abcdefghij"), api("httpapi123"), api("other")],
        (_, __, reason) => reasons.push(reason),
      );
      return async (url, more) => {
        const { status, body } = await respond(request("POST", url, more));
        return `${status} ${String(body)}`;
      };
    }

    it("with the API under the longest path that fits, whole segments only", async () => {
      const ask = front(
        http(),
        apiMapping(),
        apiMapping({ apiMappingKey: "v1", apiId: "other" }),
        apiMapping({ apiMappingKey: "v1/x", apiId: "abcdefghij" }),
      );
      expect(await ask("/models")).to.equal('200 {"id":"httpapi123","basePath":""}');
      expect(await ask("/v1/models?a=/v2")).to.equal('200 {"id":"other","basePath":"/v1"}');
      expect(await ask("/v1/x/models")).to.equal('200 {"id":"abcdefghij","basePath":"/v1/x"}');
      expect(await ask("/v10/models")).to.equal('200 {"id":"httpapi123","basePath":""}');
    });

    it("what is malformed or too large, in the form of its service", async () => {
      const headers: [string, string][] = [["X-Long", "x".repeat(11_000)]];
      const twice: [string, string][] = [...Array(2)].map(() => ["X-Api-Key", "k"]);
      const ofHttp = front(http(), apiMapping());
      expect(await ofHttp("/v1/../models")).to.equal('400 {"message":"Bad Request"}');
      expect(await ofHttp("/models", { headers })).to.equal('431 {"message":"Request Header Fields Too Large"}');
      const ofRest = front(rest(), basePath());
      expect(await ofRest("/v1/../models")).to.equal('400 {"message":"Bad Request"}');
      expect(await ofRest("/models", { headers })).to.equal('431 {"message":"Request Header Fields Too Large"}');
      // Only a REST API names the kind of its error.
      const named = async (resources: Resource[], url: string, more?: Partial<HttpRequest>) => {
        const respond = domainHandler(
          domainsOf(graphOf(...resources))[0]!,
          [api("abcdefghij"), api("httpapi123")],
          () => undefined,
        );
        const answer = await respond(request("POST", url, more));
        return [answer.status, answer.headers.find(([name]) => /errortype/i.test(name))?.[1]];
      };
      for (const [url, more] of [
        ["/%zz", {}],
        ["/models", { headers: twice }],
      ] as const) {
        expect(await named([http(), apiMapping()], url, more)).to.deep.equal([400, undefined]);
        expect(await named([rest(), basePath()], url, more)).to.deep.equal([400, "BadRequestException"]);
      }
    });

    it("what maps nothing, in the form of its service", async () => {
      expect(await front(http(), apiMapping({ apiMappingKey: "v1" }))("/models")).to.equal(
        '404 {"message":"Not Found"}',
      );
      expect(await front(rest(), basePath({ basePath: "v1" }))("/models")).to.equal('403 {"message":"Forbidden"}');
    });

    it("nothing at the paths of the service's health check", async () => {
      const ask = front(rest(), basePath());
      for (const path of ["/ping", "/sping", "/ping/"]) expect(await ask(path)).to.equal('403 {"message":"Forbidden"}');
      expect(await ask("/pings")).to.match(/^200 /);
      expect(await ask("/v1/ping")).to.match(/^200 /);
    });

    it("nobody without a client certificate that is trusted, where mutual TLS is on", async () => {
      const ask = front(http({}, mutual), apiMapping());
      expect(await ask("/models")).to.equal('403 {"message":"Forbidden"}');
      expect(await ask("/models", { clientCertError: "SELF_SIGNED" })).to.equal('403 {"message":"Forbidden"}');
      expect(reasons).to.deep.equal([
        "the client certificate is not trusted: none was shown",
        "the client certificate is not trusted: SELF_SIGNED",
      ]);
      expect(await ask("/models", { clientCert: certificate })).to.match(/^200 .*"cert":"CN=c"/);
    });

    it("only the host that TLS asked for, in access mode STRICT", async () => {
      const ask = front(rest({ ...enhanced, endpointAccessMode: "STRICT" }), basePath());
      const host = (name: string): [string, string][] => [["Host", name]];
      const serverName = "mymodel.example.com";
      expect(await ask("/x", { serverName, headers: host(`${serverName}:8443`) })).to.match(/^200 /);
      expect(await ask("/x", { serverName, headers: host("other.example.com") })).to.match(/^403 /);
      expect(await ask("/x", { headers: host(serverName) })).to.match(/^403 /);
      expect(await ask("/x", { serverName, headers: [] })).to.match(/^403 /);
    });

    it("by their own name, or localhost's, alone: a request that was signed for another domain is none of theirs", async () => {
      const ask = front(http(), apiMapping());
      const host = (name: string) => ask("/models", { headers: [["Host", name]] });
      for (const name of ["models.example.com", "MODELS.example.com:8443", "localhost:8443"])
        expect(await host(name), name).to.match(/^200 /);
      for (const name of ["mymodel.example.com", "x.models.example.com", ""])
        expect(await host(name), name).to.equal('403 {"message":"Forbidden"}');
    });

    it("nothing for an API that is not of the program", () => {
      expect(() => front(http(), apiMapping({ apiId: "stranger" }))).to.throw("not of this program");
      expect(() => front(http(), apiMapping({ stage: "prod" }))).to.throw("not of this program");
    });
  });

  it("lead to a REST API whose default endpoint is disabled, and into its events", async () => {
    const { send: ask, events } = fixture({ api: { disableExecuteApiEndpoint: true } });
    const clientCert = { clientCertPem: "P", subjectDN: "CN=c", issuerDN: "CN=i", serialNumber: "01", validity: { notBefore: "a", notAfter: "b" } }; // oxfmt-ignore
    const domain = { name: "mymodel.example.com", basePath: "/v1" };
    expect((await ask("POST", "/dev/mymodel")).status).to.equal(403);
    expect((await ask("POST", "/dev/mymodel", { domain })).status).to.equal(403);
    expect((await ask("POST", "/v1/mymodel", { domain, clientCert })).status).to.equal(200);
    expect(events).to.have.length(1);
    const { path, requestContext } = events[0]!;
    expect(path).to.equal("/v1/mymodel");
    expect(requestContext).to.include({ path: "/v1/mymodel", domainName: domain.name, domainPrefix: "mymodel" });
    expect(requestContext["identity"]).to.have.property("clientCert").that.deep.equals(clientCert);
  });
});
