import { expect } from "chai";
import { type Matrix, matrixOf } from "../../access-matrix/matrix";
import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { startRun } from "../../local/run/run";
import { servedStack } from "../../local/run/served-stack";
import { localSource } from "../../verify/local-source";
import { holds, reportText } from "../../verify/report";
import type { Source } from "../../verify/source";
import { verify, type Verification } from "../../verify/verification";
import { changed, documentChanged, httpApi, restApi } from "../access-matrix/a-program";

interface Program {
  readonly stack?: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly mistakes: Readonly<Record<string, Mistake>>;
}

/** A mistake in what is served, together with the program's others. */
interface Mistake {
  change(graph: Graph): Graph;
  /** What is found, among others, and not without this mistake. */
  readonly finds: readonly string[];
  /** Whether it is served without others, which could not be found beside it. */
  readonly apart?: true;
}

/** No throttle and no limit of the firewall: what is answered must not depend on how fast the test is. */
const unthrottled = { keyRateLimit: 10_000, keyBurstLimit: 5_000, apiRateLimit: 10_000, apiBurstLimit: 5_000 };
const bare = { secrets: false, sagemaker: false };
const infer = "/v2/models/{model}/infer";

/** The route asks nothing of its callers. */
const opened = (type: string, path: string) => (graph: Graph) =>
  documentChanged(graph, type, ({ paths }) => {
    const post = paths[path]?.post;
    if (post === undefined) return;
    post.security = [];
    delete post["x-amazon-apigateway-auth"];
  });

/** The route asks no scope of a token. */
const unscoped = (type: string, path: string) => (graph: Graph) =>
  documentChanged(graph, type, ({ paths }) => {
    const { post } = paths[path]!;
    post!.security = (post!.security as object[]).map((entry) =>
      Object.fromEntries(Object.keys(entry).map((name) => [name, []])),
    );
  });

const anyone = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" }],
};

const oldTls = "SecurityPolicy_TLS13_1_2_2021_06";

const programs: Readonly<Record<string, Program>> = {
  "dev: API key": {
    set: {},
    mistakes: {
      "an open route": { change: opened(restApi, infer), finds: [`more: apiGateway POST ${infer}, nothing`] },
      "TLS 1.2": {
        change: (graph) =>
          changed(
            documentChanged(
              graph,
              restApi,
              (document) => void (document["x-amazon-apigateway-security-policy"] = oldTls),
            ),
            restApi,
            (inputs) => ({ ...inputs, securityPolicy: oldTls }),
          ),
        finds: ["more: apiGateway POST /mymodel, nothing", "more: apiGateway POST /mymodel, all right"],
      },
      "a route that the matrix has not": {
        change: (graph) =>
          documentChanged(graph, restApi, ({ paths }) => void (paths["/copy"] = structuredClone(paths["/mymodel"]!))),
        finds: ["more: apiGateway: it has the route POST /copy, and the matrix has not (npm start)"],
      },
    },
  },
  "dev: IAM, browsers allowed": {
    set: { apiGatewayAuth: "iam", corsOrigin: "https://app.example.com" },
    mistakes: {
      "an open route": { change: opened(restApi, "/mymodel"), finds: ["more: apiGateway POST /mymodel, badly signed"] },
      "a resource policy that lets in the whole account": {
        change: (graph) =>
          documentChanged(graph, restApi, (document) => void (document["x-amazon-apigateway-policy"] = anyone)),
        finds: [`more: apiGateway POST ${infer}, well signed by a stranger`],
      },
    },
  },
  "dev: user pool": {
    set: { apiGatewayAuth: "cognito" },
    mistakes: {
      "an open route": { change: opened(restApi, infer), finds: [`more: apiGateway POST ${infer}, expired token`] },
      "a route without its scope": {
        change: unscoped(restApi, infer),
        finds: [`more: apiGateway POST ${infer}, ID token`],
      },
    },
  },
  "dev: Lambda authorizer": {
    set: { apiGatewayAuth: "lambda" },
    mistakes: {
      "an open route": { change: opened(restApi, infer), finds: [`more: apiGateway POST ${infer}, wrong audience`] },
    },
  },
  "dev: keys of clients, networks": {
    set: {
      allowedNetworks: ["127.0.0.1/32"],
      clients: [{ name: "acme", models: ["mymodel"] }, { name: "labs" }],
    },
    mistakes: {
      "another model for a client": {
        change: (graph) =>
          changed(graph, "aws:apigateway/stage:Stage", ({ variables, ...inputs }) => {
            const { client_acme: acme, ...others } = variables as Record<string, string>;
            return { ...inputs, variables: { ...others, client_acme: `${acme},another-model` } };
          }),
        // It is let in to a model that does not exist.
        finds: [`otherwise: apiGateway POST ${infer}, client acme, another's model`],
      },
      "an API that any network reaches": {
        change: (graph) =>
          documentChanged(graph, restApi, (document) => void delete document["x-amazon-apigateway-policy"]),
        finds: [`more: apiGateway POST ${infer}, another network`],
      },
    },
  },
  "prod: all three": {
    stack: "prod",
    set: {},
    mistakes: {
      "open routes": {
        change: opened(restApi, infer),
        finds: [`more: apiGateway POST ${infer}, no key`, `more: auth0Authorizer POST ${infer}, nothing`],
      },
      "a route without its scope": {
        change: unscoped(httpApi, infer),
        finds: [`more: httpApi POST ${infer}, no scope`],
      },
      "a domain that asks for no certificate": {
        change: (graph) =>
          changed(graph, "aws:apigatewayv2/domainName:DomainName", (inputs) => ({
            ...inputs,
            mutualTlsAuthentication: undefined,
          })),
        // The run then has no certificate that calls could bring.
        apart: true,
        finds: ["more: httpApi POST /models, no certificate", "more: httpApi POST /models, foreign certificate"],
      },
      "an enabled default endpoint": {
        change: (graph) =>
          changed(
            documentChanged(graph, httpApi, (document) => void delete document.servers),
            httpApi,
            (inputs) => ({ ...inputs, disableExecuteApiEndpoint: false }),
          ),
        finds: ["more: httpApi POST /models, all right"],
      },
    },
  },
  "prod: own domains": {
    stack: "prod",
    set: {
      ...bare,
      ...{ apiGatewayDomain: "mymodel.example.com", auth0AuthorizerDomain: "predict.example.com", httpApi: false },
    },
    mistakes: {},
  },
  "prod: HTTP API for signatures": {
    stack: "prod",
    set: { ...bare, apiGateway: false, auth0Authorizer: false, httpApiAuth: "iam" },
    mistakes: {
      "an open route": {
        change: opened(httpApi, "/models"),
        finds: ["more: httpApi POST /models, unknown access key"],
      },
    },
  },
};

/** Milliseconds: on a busy machine an authorizer may not reach its issuer in time. */
const patience = [1_500, 5_000, 15_000];

const silent = { function: () => undefined, access: () => undefined, error: () => undefined };

const withThrottle = ({ set }: Program) => ({ ...set, ...unthrottled });

async function matrixFor(program: Program): Promise<Matrix> {
  return matrixOf(await evaluate({ stack: program.stack ?? "dev", set: withThrottle(program) }));
}

/** What is found in a run of the program, into whose graph mistakes may have been made. */
async function verified(program: Program, matrix: Matrix, change?: (graph: Graph) => Graph): Promise<Verification> {
  const set = withThrottle(program);
  const run = await startRun({
    ...{ stack: program.stack ?? "dev", set, port: 0, log: silent },
    ...(change && { evaluation: async (options) => change(await evaluate(options)) }),
  });
  try {
    const source = localSource(servedStack(run, set));
    return await verify(matrix, source, { rate: 1_000, repeatAfter: change === undefined ? patience : [] });
  } finally {
    await run.close();
  }
}

for (const [name, program] of Object.entries(programs)) {
  describe(`Verification of a stack (${name})`, () => {
    let matrix: Matrix;
    before(async () => (matrix = await matrixFor(program)));

    it("finds that it is what the matrix says", async () => {
      const verification = await verified(program, matrix);
      expect(holds(verification), reportText(matrix, verification)).to.equal(true);
    });

    const all = Object.entries(program.mistakes);
    const runs = [all.filter(([, { apart }]) => !apart), ...all.filter(([, { apart }]) => apart).map((one) => [one])];
    for (const mistakes of runs.filter(({ length }) => length > 0))
      describe("with mistakes in what is served", () => {
        let verification: Verification;
        before(async () => {
          const change = (graph: Graph) => mistakes.reduce((served, [, mistake]) => mistake.change(served), graph);
          verification = await verified(program, matrix, change);
        });

        for (const [mistake, { finds }] of mistakes)
          it(`finds ${mistake}`, () => {
            const found = [
              ...verification.cells.map(({ outcome, cell: { api, method, path, credential } }) => {
                return `${outcome}: ${api.name} ${method} ${path}, ${credential.name}`;
              }),
              ...verification.standing.map(({ outcome, api, text }) => `${outcome}: ${api}: ${text}`),
            ];
            expect(found, reportText(matrix, verification)).to.include.members(finds);
            expect(holds(verification)).to.equal(false);
          });
      });
  });
}

describe("Verification of a stack", () => {
  it("does not try what only a model's transform knows how to ask, and still tries who is refused there", async () => {
    const program = { set: { modelsFolder: "examples/models", defaultModel: "text" }, mistakes: {} };
    const matrix = await matrixFor(program);
    const verification = await verified(program, matrix);
    expect(holds(verification), reportText(matrix, verification)).to.equal(true);
    const outcomes = (path: string) =>
      verification.cells
        .filter(({ cell }) => cell.path === path && cell.method === "POST" && cell.location === "route")
        .map(({ outcome, cell }) => `${cell.status} ${outcome}`);
    for (const path of ["/mymodel", "/v1/models/{model}"]) {
      expect(outcomes(path), path).to.include.members(["403 as expected", "200 not tried"]);
      expect(outcomes(path), path).not.to.include("200 as expected");
    }
    expect(outcomes(infer)).to.include("200 as expected");
  });

  it("proves nothing where nothing answers, although the matrix expects no answer to some calls", async () => {
    const matrix = matrixOf(await evaluate({ stack: "dev" }));
    const nowhere = { outputs: { apiGatewayBaseUrl: "https://localhost:1/dev", apiGatewayAuth: "apiKey" } };
    const source = { ...nowhere, apiKey: async () => ({ value: "any", from: "" }) } as unknown as Source;
    const standing = { routes: async () => ({ value: matrix.apis[0]!.routes, from: "" }) };
    const tried = { spentApiKey: source.apiKey, ...standing };
    const verification = await verify(matrix, { ...source, ...tried }, { rate: 1_000, repeatAfter: [] });
    expect(new Set(verification.cells.map(({ outcome }) => outcome))).to.deep.equal(new Set(["unreachable"]));
    expect(holds(verification)).to.equal(false);
  });
});
