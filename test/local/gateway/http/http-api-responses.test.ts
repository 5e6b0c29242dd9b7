import { expect } from "chai";
import type { Invocation } from "../../../../local/functions/environments/invocation";
import type { Declared } from "../fixture";
import { type Doubles, httpFixture, result, route } from "./fixture";

describe("The HTTP API gateway", () => {
  const bodies: Record<number, string> = {
    400: '{"message":"Bad Request"}',
    403: '{"message":"Forbidden"}',
    404: '{"message":"Not Found"}',
    413: '{"message":"Request Entity Too Large"}',
    414: '{"message":"Request-URI Too Long"}',
    429: '{"message":"Too Many Requests"}',
    431: '{"message":"Request Header Fields Too Large"}',
    500: '{"message":"Internal Server Error"}',
    503: '{"message":"Service Unavailable"}',
  };
  const large = Buffer.alloc(5 * 1024 * 1024);

  interface Case {
    readonly what: string;
    readonly status: number;
    readonly declared?: Declared;
    readonly doubles?: Doubles;
    readonly method?: string;
    readonly url?: string;
    readonly headers?: [string, string][];
    readonly body?: Buffer;
    /** Answered before the API's own settings apply. */
    readonly early?: true;
  }
  const fails = (invocation: Invocation): Doubles => ({ invocation: () => invocation });
  const cases: Case[] = [
    { what: "an unknown path", url: "/dev/other", status: 404 },
    { what: "another method", method: "GET", status: 404 },
    { what: "two trailing slashes, of which one is ignored", url: "/dev/models//", status: 404 },
    { what: "another stage", url: "/prod/models", status: 404, early: true },
    { what: "no stage", url: "/models", status: 404, early: true },
    { what: "a stage that only begins alike", url: "/devil/models", status: 404, early: true },
    {
      what: "a disabled default endpoint",
      declared: { api: { disableExecuteApiEndpoint: true } },
      status: 404,
      early: true,
    },
    {
      what: "a default endpoint that the document disables",
      declared: {
        document: {
          servers: [
            {
              url: "https://models.example.com",
              "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true },
            },
          ],
        },
      },
      status: 404,
      early: true,
    },
    { what: "a path with dots", url: "/dev/x/../models", status: 400, early: true },
    { what: "two Authorization headers", headers: [["Authorization", "a"], ["authorization", "b"]], status: 400, early: true }, // oxfmt-ignore
    { what: "headers over 10 KB", headers: [["X", "a".repeat(10_240)]], status: 431, early: true },
    { what: "an event over 6 MB", body: large, status: 413 },
    { what: "a function without permission", declared: { permission: null }, status: 500 },
    {
      what: "a permission of another API",
      declared: { permission: { sourceArn: "arn:aws:execute-api:us-east-1:123456789012:otherapi99/*" } },
      status: 500,
    },
    {
      what: "a permission of another route",
      declared: {
        permission: { sourceArn: "arn:aws:execute-api:us-east-1:123456789012:httpapi123/dev/POST/predict" },
      },
      status: 500,
    },
    {
      what: "a function that fails",
      doubles: fails({ kind: "error", errorType: "E", errorMessage: "secret" }),
      status: 500,
    },
    { what: "a function that is too slow", doubles: fails({ kind: "timeout" }), status: 503 },
    { what: "a function at its limit", doubles: fails({ kind: "throttled" }), status: 503 },
    { what: "an answer that cannot be written", doubles: fails(result({ statusCode: "teapot" })), status: 500 },
    {
      what: "a gateway that breaks",
      doubles: {
        invocation: () => {
          throw new Error("secret");
        },
      },
      status: 500,
    },
  ];
  for (const { what, status, declared, doubles, method = "POST", url = "/dev/models", headers, body, early } of cases)
    it(`answers ${what} with ${status}`, async () => {
      const { send: ask, events, reasons } = httpFixture(declared, doubles);
      const options = { body: body ?? Buffer.from("{}"), headers: [["Host", "localhost"], ...(headers ?? [])] as [string, string][] }; // oxfmt-ignore
      const answer = await ask(method, url, options);
      expect(answer).to.deep.include({ status, body: bodies[status] });
      expect(answer.headers["content-type"]).to.equal("application/json");
      if (early) expect(answer.headers).not.to.have.property("apigw-requestid");
      else {
        expect(answer.headers["apigw-requestid"]).to.match(/^[\w-]{15}=$/);
        expect(reasons).to.have.length(1);
      }
      if (doubles === undefined) expect(events).to.have.length(0);
    });

  it("waits for the function as long as declared, 30 s at most", async () => {
    const waits: number[] = [];
    const doubles: Doubles = {
      invocation: (_, timeoutMs) => {
        waits.push(timeoutMs);
        return result({});
      },
    };
    await httpFixture({}, doubles).send("POST", "/dev/models");
    const declared = { paths: { "/models": { post: route({}, { timeoutInMillis: 1_234 }) } } };
    await httpFixture(declared, doubles).send("POST", "/dev/models");
    expect(waits).to.deep.equal([30_000, 1_234]);
    const tooLong = { paths: { "/models": { post: route({}, { timeoutInMillis: 30_001 }) } } };
    expect(() => httpFixture(tooLong)).to.throw("timeoutInMillis");
  });

  it("has the stage in its paths, but for $default", async () => {
    expect(httpFixture().api.basePath).to.equal("/dev");
    const plain = httpFixture({ stage: { name: "$default" } });
    expect(plain.api.basePath).to.equal("");
    expect((await plain.send("POST", "/models")).status).to.equal(200);
    expect(plain.events[0]!.rawPath).to.equal("/models");
    expect((await plain.send("POST", "/$default/models")).status).to.equal(404);
  });

  it("answers no call at the default endpoint whose Host is another's", async () => {
    const { send: ask, events } = httpFixture();
    const aws = "execute-api.us-east-1.amazonaws.com";
    for (const hosts of [["evil.example"], [`other123.${aws}`], ["localhost.evil.example"], []]) {
      const headers = hosts.map((host): [string, string] => ["Host", host]);
      const { status, body } = await ask("POST", "/dev/models", { headers });
      expect([status, body]).to.deep.equal([403, '{"message":"Forbidden"}']);
    }
    expect(events).to.have.length(0);
    for (const host of ["localhost", "LOCALHOST:8443", "127.0.0.1:8443", "[::1]:8443", `httpapi123.${aws}`])
      expect((await ask("POST", "/dev/models", { headers: [["Host", host]] })).status).to.equal(200);
  });

  it("answers a call by its own domain without the stage, and disabled as its default endpoint is", async () => {
    const { send: ask, events } = httpFixture({ api: { disableExecuteApiEndpoint: true } });
    const domain = { name: "models.example.com", basePath: "" };
    expect((await ask("POST", "/models", { domain })).status).to.equal(200);
    expect((await ask("POST", "/v1/models", { domain: { ...domain, basePath: "/v1" } })).status).to.equal(200);
    expect((await ask("POST", "/v1/models", { domain })).status).to.equal(404);
    expect((await ask("POST", "/dev/models", { domain })).status).to.equal(404);
    expect(events.map(({ rawPath }) => rawPath)).to.deep.equal(["/models", "/v1/models"]);
    expect(events[0]!.requestContext).to.include({ domainName: "models.example.com", domainPrefix: "models" });
  });

  describe("routes", () => {
    const paths = {
      "/a/{x}": { get: route() },
      "/a/b": { get: route() },
      "/{y}/c": { get: route() },
      "/a/{proxy+}": { get: route() },
      "/{all+}": { "x-amazon-apigateway-any-method": route() },
      "/$default": { "x-amazon-apigateway-any-method": route({ isDefaultRoute: true }) },
    };
    const chosen: [call: string, routeKey: string, parameters: Record<string, string> | undefined][] = [
      ["GET /a/b", "GET /a/b", undefined],
      ["GET /a/z", "GET /a/{x}", { x: "z" }],
      ["GET /a/c", "GET /a/{x}", { x: "c" }],
      ["GET /q/c", "GET /{y}/c", { y: "q" }],
      ["GET /a/b/d", "GET /a/{proxy+}", { proxy: "b/d" }],
      ["POST /a/b", "ANY /{all+}", { all: "a/b" }],
      // Measured on AWS (WebbPulse-Portfolio's cutover log): the bare route key serves both forms.
      ["GET /a/b/", "GET /a/b", undefined],
      ["GET /", "$default", undefined],
      ["GET /a/%C3%A9", "GET /a/{x}", { x: "é" }],
    ];
    for (const [call, routeKey, parameters] of chosen)
      it(`${call} is answered by ${routeKey}`, async () => {
        const { send: ask, events } = httpFixture({ paths, stage: { name: "$default" } });
        const [method, path] = call.split(" ") as [string, string];
        expect((await ask(method, path)).status).to.equal(200);
        expect(events[0]).to.deep.include({ routeKey });
        expect(events[0]!.pathParameters).to.deep.equal(parameters);
      });

    it("prefer a full match of another shape to a greedy one below a static segment", async () => {
      const { send: ask, events } = httpFixture({
        paths: { "/a/{proxy+}": { get: route() }, "/{y}/c": { get: route() } },
        stage: { name: "$default" },
      });
      await ask("GET", "/a/c");
      expect(events[0]!.routeKey).to.equal("GET /{y}/c");
    });
  });

  describe("throttles", () => {
    const settings = (throttlingRateLimit: number, throttlingBurstLimit: number) => ({
      throttlingRateLimit,
      throttlingBurstLimit,
    });
    it("each route by the stage's default, and lets it go on as time passes", async () => {
      let clock = 1_000_000;
      const paths = { "/models": { post: route() }, "/other": { post: route() } };
      const { send: ask } = httpFixture(
        { paths, stage: { defaultRouteSettings: settings(1, 2) } },
        { clock: () => clock },
      );
      const statuses = async (path: string, count: number) => {
        const answers = [];
        for (let call = 0; call < count; call++) answers.push((await ask("POST", path)).status);
        return answers;
      };
      expect(await statuses("/dev/models", 3)).to.deep.equal([200, 200, 429]);
      expect(await statuses("/dev/other", 3)).to.deep.equal([200, 200, 429]);
      clock += 1_000;
      expect(await statuses("/dev/models", 2)).to.deep.equal([200, 429]);
      expect((await ask("POST", "/dev/models")).body).to.equal('{"message":"Too Many Requests"}');
    });
    it("a route by its own limit", async () => {
      const paths = { "/models": { post: route() }, "/other": { post: route() } };
      const stage = {
        defaultRouteSettings: settings(10, 10),
        routeSettings: [{ routeKey: "POST /models", ...settings(1, 1) }],
      };
      const { send: ask } = httpFixture({ paths, stage });
      expect((await ask("POST", "/dev/models")).status).to.equal(200);
      expect((await ask("POST", "/dev/models")).status).to.equal(429);
      expect((await ask("POST", "/dev/other")).status).to.equal(200);
    });
  });

  it("logs a call in the stage's format, without what a caller could forge", async () => {
    const format =
      '{"id":"$context.requestId","ext":"$context.extendedRequestId","route":"$context.routeKey","status":"$context.status","err":"$context.error.message","type":"$context.error.responseType","agent":"$context.identity.userAgent","path":"$context.path","stage":"$context.stage","bytes":"$context.responseLength","domain":"$context.domainName","base":"$context.customDomain.basePathMatched","cert":"$context.identity.clientCert.serialNumber","key":"$context.identity.accessKey"}';
    const { send: ask, accessLog } = httpFixture({ stage: { accessLogSettings: { format, destinationArn: "a" } } });
    const answer = await ask("POST", "/dev/models", { headers: [["Host", "localhost"], ["User-Agent", 'a"},{"x":"']] }); // oxfmt-ignore
    await ask("GET", "/dev/none", {
      domain: { name: "models.example.com", basePath: "/dev" },
      clientCert: { clientCertPem: "", subjectDN: "", issuerDN: "", serialNumber: "0a:1b", validity: { notBefore: "", notAfter: "" } }, // oxfmt-ignore
    });
    const [first, second] = accessLog.map((line) => JSON.parse(line) as Record<string, string>);
    expect(first).to.deep.equal({
      id: answer.headers["apigw-requestid"],
      ext: answer.headers["apigw-requestid"],
      route: "POST /models",
      status: "200",
      err: "-",
      type: "-",
      agent: 'a"},{"x":"',
      path: "/dev/models",
      stage: "dev",
      bytes: "2",
      domain: "httpapi123.execute-api.us-east-1.amazonaws.com",
      base: "-",
      cert: "-",
      key: "-",
    });
    expect(second).to.include({ route: "-", status: "404", err: "Not Found", type: "RESOURCE_NOT_FOUND" });
    expect(second).to.include({ domain: "models.example.com", base: "dev", cert: "0a:1b" });
  });
});
