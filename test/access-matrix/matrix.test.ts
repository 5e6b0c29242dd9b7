import { expect } from "chai";
import { markdown } from "../../access-matrix/markdown";
import { matrixOf } from "../../access-matrix/matrix";
import { NotUnderstood } from "../../access-matrix/not-understood";
import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { changed, documentChanged, findings, httpApi, restApi, statuses, violating } from "./a-program";

const evaluated = new Map<string, Promise<Graph>>();

/** The dev stack under a protection. */
function dev(apiGatewayAuth: string, more: Record<string, unknown> = {}): Promise<Graph> {
  const set = { apiGatewayAuth, ...more };
  const key = JSON.stringify(set);
  evaluated.set(key, evaluated.get(key) ?? evaluate({ stack: "dev", set }));
  return evaluated.get(key)!;
}

const live = "GET /v2/health/live";
const policy = "aws:iam/policy:Policy";
const domainName = "aws:apigatewayv2/domainName:DomainName";

describe("Access matrix", () => {
  it("lets in who brings everything, and nobody who brings less, under each protection", async () => {
    for (const [auth, key] of [
      ["apiKey", false],
      ["iam", false],
      ["iam", true],
      ["cognito", true],
      ["lambda", true],
    ] as const) {
      const found = statuses(await dev(auth, { apiGatewayKeyRequired: key }), "apiGateway", live);
      const { "all right": right, ...others } = found;
      expect(right, auth).to.equal(200);
      expect(
        Object.values(others).every((status) => [401, 403, 429].includes(Number(status))),
        auth,
      ).to.equal(true);
      expect(Object.keys(others).includes("no key"), auth).to.equal(auth !== "apiKey" && key);
    }
  });

  it("says the statuses of a user pool", async () => {
    expect(statuses(await dev("cognito"), "apiGateway", live)).to.deep.equal({
      nothing: 401,
      "malformed token": 401,
      "expired token": 401,
      "not yet valid": 401,
      "wrong issuer": 401,
      "foreign key, same kid": 401,
      "unknown key": 401,
      "alg none": 401,
      "HS256, public key": 401,
      "ID token": 401,
      "no scope": 401,
      "all right": 200,
    });
  });

  it("shows a route that was opened, loudly", async () => {
    const unsaid = documentChanged(await dev("iam"), restApi, ({ paths }) => {
      paths["/v2"]!.get!.security = [];
    });
    // The operation's own statement still requires a signature.
    expect(statuses(unsaid, "apiGateway", "GET /v2")).to.deep.equal(
      statuses(await dev("iam"), "apiGateway", "GET /v2"),
    );
    const open = documentChanged(unsaid, restApi, ({ paths }) => {
      delete paths["/v2"]!.get!["x-amazon-apigateway-auth"];
    });
    expect(statuses(open, "apiGateway", "GET /v2")).to.deep.equal({ nothing: 200 });
    expect(findings(open).openToAnyone).to.deep.equal(["apiGateway: GET /v2 (default endpoint)"]);
    expect(markdown(matrixOf(open))).to.include("> **ANYONE CAN CALL:**\n> - apiGateway: GET /v2 (default endpoint)");
    expect(findings(await dev("iam")).openToAnyone).to.deep.equal([]);
    expect(markdown(matrixOf(await dev("iam")))).to.not.include("ANYONE CAN");
  });

  it("shows a route whose protection was forgotten as open", async () => {
    const forgotten = documentChanged(await dev("lambda"), restApi, ({ paths }) => {
      delete paths["/mymodel"]!.post!.security;
    });
    expect(findings(forgotten).openToAnyone).to.deep.equal(["apiGateway: POST /mymodel (default endpoint)"]);
  });

  it("applies `security` at the document's root to operations without their own", async () => {
    const graph = await dev("lambda");
    const moved = documentChanged(graph, restApi, (document) => {
      document.security = document.paths["/mymodel"]!.post!.security;
      delete document.paths["/mymodel"]!.post!.security;
    });
    expect(statuses(moved, "apiGateway", "POST /mymodel")).to.deep.equal(
      statuses(graph, "apiGateway", "POST /mymodel"),
    );
  });

  it("shows an API key that is no longer asked for on top", async () => {
    const dropped = documentChanged(await dev("iam", { apiGatewayKeyRequired: true }), restApi, ({ paths }) => {
      paths["/mymodel"]!.post!.security = [{ iam: [] }];
    });
    expect(Object.keys(statuses(dropped, "apiGateway", "POST /mymodel"))).to.not.include("no key");
    expect(Object.keys(statuses(dropped, "apiGateway", live))).to.include("no key");
  });

  it("shows a scope that was dropped: an ID token then opens a user pool's route", async () => {
    const dropped = documentChanged(await dev("cognito"), restApi, ({ paths }) => {
      paths["/mymodel"]!.post!.security = [{ cognito: [] }];
    });
    const found = statuses(dropped, "apiGateway", "POST /mymodel");
    expect(found).to.include({ "ID token": 200, "no scope": 401, "all right": 401 });
  });

  it("shows a scope that nobody is granted: nobody can call", async () => {
    const other = documentChanged(await dev("cognito"), restApi, ({ paths }) => {
      paths["/mymodel"]!.post!.security = [{ cognito: ["model-serving-dev/train"] }];
    });
    expect(statuses(other, "apiGateway", "POST /mymodel")).to.include({ "all right": 401 });
    expect(findings(other).closedToAll).to.deep.equal(["apiGateway: POST /mymodel"]);
  });

  it("shows an API key alone for what it is, and a key without a plan as worth nothing", async () => {
    const graph = await dev("apiKey");
    expect(violating(graph, "api-key-is-never-alone")).to.deep.equal(["apiGateway-api"]);
    const planless = changed(graph, "aws:apigateway/usagePlan:UsagePlan", (inputs) => ({ ...inputs, apiStages: [] }));
    expect(statuses(planless, "apiGateway", live)).to.include({ "all right": 403 });
    const disabled = changed(graph, "aws:apigateway/apiKey:ApiKey", (inputs) => ({ ...inputs, enabled: false }));
    expect(statuses(disabled, "apiGateway", live)).to.include({ "all right": 403 });
  });

  it("shows a key of a secret that does not rotate, or whose plan is another, as worth nothing", async () => {
    const graph = await evaluate({ stack: "dev", set: { secrets: true } });
    expect(statuses(graph, "apiGateway", live)).to.include({ "all right": 200 });
    const planless = changed(graph, "aws:secretsmanager/secret:Secret", (inputs) => ({ ...inputs, tags: {} }));
    expect(statuses(planless, "apiGateway", live)).to.include({ "all right": 403 });
    const rotation = "aws:secretsmanager/secretRotation:SecretRotation";
    const still = changed(graph, rotation, (inputs) => ({ ...inputs, secretId: "another" }));
    expect(statuses(still, "apiGateway", live)).to.include({ "all right": 403 });
  });

  it("reads the statuses that the document gives the gateway's answers", async () => {
    const hidden = documentChanged(await dev("iam"), restApi, (document) => {
      document["x-amazon-apigateway-gateway-responses"] = {
        ACCESS_DENIED: { statusCode: 404 },
        DEFAULT_4XX: { statusCode: 418 },
      };
    });
    const found = statuses(hidden, "apiGateway", live);
    expect(found).to.include({ "well signed by a stranger": 404, "badly signed": 418, "all right": 200 });
  });

  it("shows what an IAM policy opens and what not", async () => {
    const narrow = policyChanged(await dev("iam"), (statement) => {
      statement.Resource = statement.Resource.filter((arn) => !arn.endsWith("/mymodel"));
    });
    expect(statuses(narrow, "apiGateway", "POST /mymodel")).to.include({ "all right": 403 });
    expect(statuses(narrow, "apiGateway", live)).to.include({ "all right": 200 });
    const [reach] = matrixOf(narrow).permissions;
    expect(reach!.routes).to.include(`apiGateway: ${live}`);
    expect(reach!.routes).to.not.include("apiGateway: POST /mymodel");
  });

  it("lets a policy's denial win over what allows", async () => {
    const denied = changed(await dev("iam"), policy, (inputs) => {
      const document = JSON.parse(String(inputs.policy)) as { Statement: object[] };
      document.Statement.push({ Effect: "Deny", Action: "execute-api:*", Resource: "*/POST/mymodel" });
      return { ...inputs, policy: JSON.stringify(document) };
    });
    expect(statuses(denied, "apiGateway", "POST /mymodel")).to.include({ "all right": 403 });
    expect(statuses(denied, "apiGateway", live)).to.include({ "all right": 200 });
  });

  const widenings: Readonly<Record<string, (statement: Statement) => void>> = {
    "the whole stage": (statement) => {
      statement.Resource = [statement.Resource[0]!.replace(/\/POST\/.*$/, "/*")];
    },
    "every stage": (statement) => {
      statement.Resource = statement.Resource.map((arn) => arn.replace("/dev/", "/*/"));
    },
    "every API": (statement) => {
      statement.Resource = statement.Resource.map((arn) => arn.replace(/:[a-z0-9]{10}\//, ":*/"));
    },
    "every account": (statement) => {
      statement.Resource = statement.Resource.map((arn) => arn.replace(/:\d{12}:/, ":*:"));
    },
    "every method": (statement) => {
      statement.Resource = statement.Resource.map((arn) => arn.replace(/\/(GET|POST)\//, "/*/"));
    },
    "every action": (statement) => {
      statement.Action = "execute-api:*";
    },
    everything: (statement) => {
      statement.Action = "*";
      statement.Resource = ["*"];
    },
  };
  for (const [what, widen] of Object.entries(widenings)) {
    it(`shows an IAM policy that was widened to ${what}`, async () => {
      const graph = await dev("iam");
      expect(findings(graph).tooWide).to.deep.equal([]);
      const wide = policyChanged(graph, widen);
      expect(findings(wide).tooWide).to.deep.equal(["apiGateway-invoke-policy-policy"]);
      expect(markdown(matrixOf(wide))).to.not.equal(markdown(matrixOf(graph)));
    });
  }

  it("shows a role of the program that was allowed to call", async () => {
    const graph = await dev("iam");
    const document = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
    const wide = changed(graph, "aws:iam/rolePolicy:RolePolicy", (inputs) => ({
      ...inputs,
      policy: JSON.stringify(document),
    }));
    expect(findings(wide).tooWide).to.not.be.empty;
    expect(findings(graph).tooWide).to.be.empty;
    // It is no caller's: who has no policy stays outside.
    expect(statuses(wide, "apiGateway", live)).to.include({ "well signed by a stranger": 403 });
  });

  it("shows CORS preflights, which anyone gets, apart from the routes", async () => {
    const several = matrixOf(await dev("iam", { corsOrigin: "https://a.example.com,https://b.example.com" }));
    expect(several.apis.map(({ origins }) => origins)).to.deep.equal([
      ["https://a.example.com", "https://b.example.com"],
    ]);
    const graph = await dev("iam", { corsOrigin: "https://app.example.com" });
    expect(statuses(graph, "apiGateway", "OPTIONS /mymodel")).to.deep.equal({ nothing: 204 });
    const { openToAnyone, preflights } = findings(graph);
    expect(openToAnyone).to.deep.equal([]);
    expect(preflights).to.include("apiGateway: OPTIONS /mymodel (default endpoint)");
  });

  it("refuses a mock whose answer's template sets its status, or could", async () => {
    const template = (text: string) =>
      matrixOf(
        documentChanged(graph, restApi, ({ paths }) => {
          paths["/v2"]!.get!["x-amazon-apigateway-integration"] = {
            type: "mock",
            requestTemplates: { "application/json": '{"statusCode": 204}' },
            responses: { default: { statusCode: "204", responseTemplates: { "application/json": text } } },
          };
        }),
      );
    const graph = await dev("iam");
    template('#if($input.params("x")=="1")#set($context.responseOverride.header.x="1")#end');
    for (const text of ["#set($context.responseOverride.status=500)", "#set($all=$context.responseOverride)"])
      expect(() => template(text), text).to.throw(/neither a Lambda proxy nor a mock with one answer/);
  });

  it("takes the status of the response that a mock's template selects", async () => {
    const graph = documentChanged(await dev("iam"), restApi, ({ paths }) => {
      paths["/v2"]!.get!["x-amazon-apigateway-integration"] = {
        type: "mock",
        requestTemplates: { "application/json": '{"statusCode": 204}' },
        responses: { default: { statusCode: "500" }, "204": { statusCode: "202" } },
      };
    });
    expect(statuses(graph, "apiGateway", "GET /v2")).to.include({ "all right": 202 });
  });

  it("shows a disabled default endpoint, which answers nobody", async () => {
    const closed = changed(await dev("iam"), restApi, (inputs) => ({ ...inputs, disableExecuteApiEndpoint: true }));
    const cells = matrixOf(closed).cells.filter(({ location }) => location === "route");
    expect([...new Set(cells.map(({ status }) => status))]).to.deep.equal([403]);
    const right = cells.filter(({ credential }) => credential.name === "all right");
    expect(right.map(({ route }) => route)).to.deep.equal(matrixOf(closed).apis[0]!.routes);
  });

  it("shows an address that speaks an older TLS", async () => {
    const graph = await dev("iam");
    const older = changed(graph, restApi, (inputs) => ({
      ...inputs,
      securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    }));
    expect(markdown(matrixOf(graph))).to.include("TLS 1.3 or newer");
    expect(markdown(matrixOf(older))).to.include("TLS 1.2 or newer");
    const oldest = changed(graph, restApi, (inputs) => ({ ...inputs, securityPolicy: undefined }));
    expect(markdown(matrixOf(oldest))).to.include("TLS 1.0 or newer (**too old**)");
    expect(violating(oldest, "clients-speak-tls-1-2")).to.deep.equal(["apiGateway-api"]);
  });
});

describe("Access matrix of the prod stack", () => {
  const models = "POST /models";
  const domain = "models.example.com";
  let graph: Graph;

  before(async () => {
    graph = await evaluate({ stack: "prod" });
  });

  it("requires a certificate and a token with the scope at the HTTP API's domain", () => {
    expect(statuses(graph, "httpApi", models, domain)).to.deep.equal({
      nothing: "no answer",
      "no certificate": "no answer",
      "foreign certificate": 403,
      "expired certificate": 403,
      "no token": 401,
      "malformed token": 401,
      "expired token": 401,
      "not yet valid": 401,
      "wrong audience": 401,
      "wrong issuer": 401,
      "foreign key, same kid": 401,
      "unknown key": 401,
      "alg none": 401,
      "HS256, public key": 401,
      "ID token": 403,
      "no scope": 403,
      "all right": 200,
    });
    const { fromAnyNetwork, ...found } = findings(graph);
    expect(fromAnyNetwork).to.have.length(45);
    expect(found).to.deep.equal({
      openToAnyone: [],
      aroundNetworks: [],
      preflights: [],
      closedToAll: [],
      tooWide: [],
    });
    for (const rule of ["api-key-is-never-alone", "clients-speak-tls-1-2", "own-domain-closes-the-default-endpoint"])
      expect(violating(graph, rule), rule).to.deep.equal([]);
  });

  it("shows a scope that was dropped: any token of the tenant then opens the route", () => {
    const dropped = documentChanged(graph, httpApi, ({ paths }) => {
      paths["/models"]!.post!.security = [{ jwt: [] }];
    });
    expect(statuses(dropped, "httpApi", models, domain)).to.include({ "no scope": 200, "ID token": 200 });
    expect(statuses(dropped, "httpApi", live, domain)).to.include({ "no scope": 403 });
  });

  it("shows a route that was opened, behind the certificate and without", () => {
    const open = documentChanged(graph, httpApi, ({ paths }) => {
      paths["/models"]!.post!.security = [];
    });
    expect(statuses(open, "httpApi", models, domain)).to.deep.equal({
      nothing: "no answer",
      "expired certificate": 403,
      "foreign certificate": 403,
      "all right": 200,
    });
    const both = changed(open, domainName, (inputs) => ({ ...inputs, mutualTlsAuthentication: undefined }));
    expect(findings(both).openToAnyone).to.deep.equal([`httpApi: POST /models (${domain})`]);
  });

  it("shows mutual TLS that was dropped", () => {
    const dropped = changed(graph, domainName, (inputs) => ({ ...inputs, mutualTlsAuthentication: undefined }));
    expect(Object.keys(statuses(dropped, "httpApi", models, domain))).to.not.include("no certificate");
    expect(markdown(matrixOf(dropped))).to.not.equal(markdown(matrixOf(graph)));
  });

  it("shows a default endpoint that goes around the domain and its certificates", () => {
    const beside = changed(graph, httpApi, (inputs) => ({ ...inputs, disableExecuteApiEndpoint: false }));
    expect(violating(beside, "own-domain-closes-the-default-endpoint")).to.deep.equal(["httpApi-api"]);
    const silent = documentChanged(graph, httpApi, (document) => {
      delete document.servers;
    });
    expect(
      violating(silent, "own-domain-closes-the-default-endpoint"),
      "opened again by the next import",
    ).to.deep.equal(["httpApi-api"]);
    const cells = matrixOf(beside).cells.filter(
      ({ api, endpoint }) => api.name === "httpApi" && endpoint.domain === undefined,
    );
    expect(cells.some(({ status, credential }) => status === 200 && credential.certificate === undefined)).to.equal(
      true,
    );
  });

  it("shows an application that is no longer granted the scope: nobody can call", () => {
    const ungranted = changed(graph, "auth0:index/clientGrant:ClientGrant", (inputs) => ({ ...inputs, scopes: [] }));
    expect(statuses(ungranted, "httpApi", models, domain)).to.include({ "all right": 403 });
    expect(findings(ungranted).closedToAll)
      .to.include("httpApi: POST /models")
      .and.include("auth0Authorizer: POST /predict");
  });

  it("shows another issuer or audience", () => {
    const other = documentChanged(graph, httpApi, ({ components }) => {
      const authorizer = components.securitySchemes.jwt!["x-amazon-apigateway-authorizer"] as Record<string, unknown>;
      authorizer.jwtConfiguration = { issuer: "https://other.example.com/", audience: ["https://other.example.com"] };
    });
    expect(markdown(matrixOf(other))).to.include(
      "tokens of `https://other.example.com/` for `https://other.example.com`",
    );
    const env = changed(graph, "aws:lambda/function:Function", (inputs) => ({
      ...inputs,
      environment: { variables: { TOKEN_ISSUER: "https://other.example.com/", TOKEN_AUDIENCE: "any" } },
    }));
    expect(markdown(matrixOf(env))).to.include("tokens of `https://other.example.com/` for `any`");
  });

  it("does not understand keys of an HTTP API, other identity sources and authorizers, a domain that is not there, …", () => {
    const keyed = documentChanged(graph, httpApi, ({ components }) => {
      components.securitySchemes.jwt = { type: "apiKey", name: "x-api-key", in: "header" };
    });
    const elsewhere = documentChanged(graph, httpApi, ({ components }) => {
      const authorizer = components.securitySchemes.jwt!["x-amazon-apigateway-authorizer"] as Record<string, unknown>;
      authorizer.identitySource = "$request.querystring.token";
    });
    const byFunction = documentChanged(graph, httpApi, ({ components }) => {
      const authorizer = { type: "request", authorizerUri: "arn", authorizerPayloadFormatVersion: "2.0" };
      components.securitySchemes.jwt = { type: "apiKey", "x-amazon-apigateway-authorizer": authorizer };
    });
    expect(() => matrixOf(byFunction)).to.throw(NotUnderstood, "the Lambda authorizer of an HTTP API");
    const signedToo = documentChanged(graph, httpApi, ({ paths }) => {
      for (const item of Object.values(paths))
        for (const operation of Object.values(item)) operation["x-amazon-apigateway-auth"] = { type: "AWS_IAM" };
    });
    const lost = changed(graph, domainName, (inputs) => ({ ...inputs, domainName: "other.example.com" }));
    const stageless = changed(graph, "aws:apigatewayv2/apiMapping:ApiMapping", (inputs) => ({
      ...inputs,
      stage: undefined,
    }));
    const quick = changed(graph, httpApi, (inputs) => ({ ...inputs, routeKey: "$default" }));
    const swapped = changed(graph, "aws:lambda/function:Function", (inputs) => ({
      ...inputs,
      handler: "open.handler",
    }));
    for (const spoilt of [keyed, elsewhere, signedToo, lost, stageless, quick, swapped])
      expect(() => matrixOf(spoilt)).to.throw(NotUnderstood);
  });
});

describe("Access matrix, where it does not understand,", () => {
  const faults: Readonly<Record<string, (graph: Graph) => Graph>> = {
    "a resource policy beside the document": (graph) =>
      changed(graph, restApi, (inputs) => ({ ...inputs, policy: "{}" })),
    "API keys that an authorizer names": (graph) =>
      documentChanged(graph, restApi, (document) => {
        document["x-amazon-apigateway-api-key-source"] = "AUTHORIZER";
      }),
    "an empty entry beside another in `security`": secured([{ iam: [] }, {}]),
    "two schemes in one entry of `security`": secured([{ iam: [], api_key: [] }]),
    "two authorizers in `security`": secured([{ iam: [] }, { iam: [] }]),
    "an empty entry in `security`": secured([{}]),
    // Whether that opens it on AWS, nobody recorded.
    "an empty `security` beside that at the document's root": (graph) =>
      documentChanged(graph, restApi, (document) => {
        document.security = [{ iam: [] }];
        for (const item of Object.values(document.paths))
          for (const operation of Object.values(item)) (operation as { security?: unknown }).security = [];
      }),
    "a scheme that is not declared": secured([{ other: [] }]),
    "a scheme of another kind": (graph) =>
      documentChanged(graph, restApi, ({ components }) => {
        components.securitySchemes.iam = { type: "http", scheme: "basic" };
      }),
    "an authorizer of another maker": (graph) =>
      documentChanged(graph, restApi, ({ components }) => {
        components.securitySchemes.iam = {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          "x-amazon-apigateway-authtype": "custom",
          "x-amazon-apigateway-authorizer": {
            type: "token",
            authorizerUri: "arn:aws:lambda:::function:other/invocations",
          },
        };
      }),
    "a contradiction of the extension": (graph) =>
      documentChanged(graph, restApi, ({ paths }) => {
        paths["/v2"]!.get!["x-amazon-apigateway-auth"] = { type: "NONE" };
      }),
    "a route for any method": (graph) =>
      documentChanged(graph, restApi, ({ paths }) => {
        paths["/any"] = { "x-amazon-apigateway-any-method": {} };
      }),
    "a field of a path that is not known": (graph) =>
      documentChanged(graph, restApi, ({ paths }) => {
        paths["/v2"]!.GET = { ...paths["/v2"]!.get!, security: [] };
      }),
    "documents that are merged": (graph) =>
      changed(graph, restApi, (inputs) => ({ ...inputs, putRestApiMode: "merge" })),
    "a stage that a deployment makes": (graph) =>
      changed(graph, "aws:apigateway/deployment:Deployment", (inputs) => ({ ...inputs, stageName: "test" })),
    "an API key that is not in a header": (graph) =>
      documentChanged(graph, restApi, ({ components }) => {
        components.securitySchemes.iam = { type: "apiKey", name: "x-api-key", in: "query" };
      }),
    "a greedy route": (graph) =>
      documentChanged(graph, restApi, ({ paths }) => {
        paths["/{proxy+}"] = { get: {} };
      }),
    "a mock whose answer depends on the request": (graph) =>
      documentChanged(graph, restApi, ({ paths }) => {
        paths["/v2"]!.get!["x-amazon-apigateway-integration"] = {
          type: "mock",
          requestTemplates: { "application/json": "{\"statusCode\": $input.params('status')}" },
          responses: { default: { statusCode: "403" }, "200": { statusCode: "200" } },
        };
      }),
    "an integration of another kind": (graph) =>
      documentChanged(graph, restApi, ({ paths }) => {
        paths["/v2"]!.get!["x-amazon-apigateway-integration"] = { type: "http_proxy" };
      }),
    "an unknown security policy": (graph) =>
      changed(graph, restApi, (inputs) => ({ ...inputs, securityPolicy: "TLS_9" })),
    "an API without a document": (graph) => changed(graph, restApi, (inputs) => ({ ...inputs, body: undefined })),
    "a method beside the document": added("aws:apigateway/method:Method"),
    "a function's own URL": added("aws:lambda/functionUrl:FunctionUrl"),
    "a policy with conditions": (graph) =>
      policyChanged(graph, (statement) => {
        statement.Condition = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
      }),
    "a policy of exclusions": (graph) =>
      policyChanged(graph, (statement) => {
        statement.NotResource = "*";
      }),
  };
  for (const [what, spoil] of Object.entries(faults)) {
    it(`refuses the program: ${what}`, async () => {
      const graph = await dev("iam");
      expect(() => matrixOf(graph)).not.to.throw();
      expect(() => matrixOf(spoil(graph))).to.throw(NotUnderstood, /the access matrix cannot tell who may call/);
    });
  }
});

interface Statement {
  Action: string;
  Resource: string[];
  Condition?: object;
  NotResource?: string;
}

function policyChanged(graph: Graph, change: (statement: Statement) => void): Graph {
  return changed(graph, policy, (inputs) => {
    const document = JSON.parse(String(inputs.policy)) as { Statement: Statement[] };
    document.Statement.forEach(change);
    return { ...inputs, policy: JSON.stringify(document) };
  });
}

function secured(security: object[]): (graph: Graph) => Graph {
  return (graph) =>
    documentChanged(graph, restApi, ({ paths }) => {
      paths["/v2"]!.get!.security = security;
    });
}

function added(type: string): (graph: Graph) => Graph {
  return (graph) => ({
    ...graph,
    resources: [...graph.resources, { ...graph.resources[0]!, type, urn: `urn:pulumi:dev::${type}::one`, inputs: {} }],
  });
}
