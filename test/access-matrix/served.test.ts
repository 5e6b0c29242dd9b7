import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { addressOf } from "../../access-matrix/findings";
import { type Cell, matrixOf } from "../../access-matrix/matrix";
import { evaluate, projectRoot } from "../../graph/evaluate";
import { type LocalRun, startRun } from "../../local/run/run";
import { servedStack } from "../../local/run/served-stack";
import { callOf } from "../../verify/call";
import { Client } from "../../verify/client";
import { localSource } from "../../verify/local-source";
import type { Source } from "../../verify/source";
import { flower } from "../local/served";

interface Program {
  readonly stack: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** What answers no calls. */
const bare = { secrets: false, sagemaker: false };
const off = { ...bare, apiGateway: false, auth0Authorizer: false, httpApi: false };
const domains = { apiGatewayDomain: "mymodel.example.com", auth0AuthorizerDomain: "predict.example.com" };

/** Each protection, with and without keys; each combination of the three gateway modules; addresses of each kind. */
const programs: Readonly<Record<string, Program>> = {
  "dev: API key": { stack: "dev", set: {} },
  "dev: API key, the model at an endpoint": {
    stack: "dev",
    set: { endpoints: [{ model: "mymodel", instanceType: "ml.m5.large" }] },
  },
  "dev: IAM, browsers allowed": { stack: "dev", set: { apiGatewayAuth: "iam", corsOrigin: "https://app.example.com" } },
  "dev: user pool": { stack: "dev", set: { apiGatewayAuth: "cognito" } },
  "dev: Lambda authorizer, TLS 1.2": { stack: "dev", set: { apiGatewayAuth: "lambda", tlsPolicy: "tls12" } },
  "dev: HTTP API open to anyone": {
    stack: "dev",
    set: { ...off, httpApi: true, httpApiAuth: "openToAnyone", corsOrigin: "https://app.example.com" },
  },
  "prod: all three": { stack: "prod", set: {} },
  "prod: both REST APIs under own domains, user pool and API key": {
    stack: "prod",
    set: { ...bare, ...domains, httpApi: false, apiGatewayAuth: "cognito" },
  },
  "prod: REST API with API keys and HTTP API, for tokens of any issuer": {
    stack: "prod",
    set: { ...bare, auth0Authorizer: false, apiGatewayAuth: "lambda" },
  },
  "prod: Auth0 and HTTP API without client certificates": {
    stack: "prod",
    set: { ...bare, apiGateway: false, mutualTls: false, corsOrigin: "*" },
  },
  "prod: REST API alone": { stack: "prod", set: { ...off, apiGateway: true } },
  "prod: Auth0 alone": { stack: "prod", set: { ...off, auth0Authorizer: true } },
  "prod: HTTP API alone, IAM and client certificates": {
    stack: "prod",
    set: { ...off, httpApi: true, httpApiAuth: "iam" },
  },
};

/** Clients that are told apart by a role, a whole account, an application or a key, one of them for one model alone. */
const [role, account] = ["arn:aws:iam::123456789012:role/teams/scoring", "arn:aws:iam::210987654321:root"];
const limited = { models: ["mymodel"] };
const roles = [
  { name: "partner", principal: account, ...limited },
  { name: "team", principal: role },
];
const applications = [
  { name: "acme", principal: "app-1", ...limited },
  { name: "labs", principal: "app-2" },
];
const keys = [{ name: "acme", ...limited }, { name: "labs" }];
/** Only Linux has more than one address of its own that a test can call from. */
const networks = process.platform === "linux" ? { allowedNetworks: ["127.0.0.1/32", "203.0.113.0/24"] } : {};

/** Of the REST API: each protection by clients, and from networks, or both. */
const callers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "API keys of clients, networks": { clients: keys, ...networks },
  "IAM, networks": { apiGatewayAuth: "iam", corsOrigin: "https://app.example.com", ...networks },
  "IAM, clients": { apiGatewayAuth: "iam", clients: roles },
  "IAM and keys, clients, networks": {
    apiGatewayAuth: "iam",
    apiGatewayKeyRequired: true,
    clients: roles,
    ...networks,
  },
  "rotated API keys of clients": { secrets: true, clients: keys },
  "IAM and rotated keys, clients": {
    secrets: true,
    apiGatewayAuth: "iam",
    apiGatewayKeyRequired: true,
    clients: roles,
  },
  "user pool, clients, networks": { apiGatewayAuth: "cognito", clients: keys, ...networks },
  "Lambda authorizer, clients, networks": { apiGatewayAuth: "lambda", clients: applications, ...networks },
  "Lambda authorizer and keys, networks": { apiGatewayAuth: "lambda", apiGatewayKeyRequired: true, ...networks },
};

/** No throttle: what is let in and what is not must not depend on how fast the test is. */
const unthrottled = { keyRateLimit: 10_000, keyBurstLimit: 5_000, apiRateLimit: 10_000, apiBurstLimit: 5_000 };

const silent = { function: () => undefined, access: () => undefined, error: () => undefined };

/** The settings let no quota be less where a rotation tries its keys. */
const leastQuota = 20;

/** By the oldest TLS version that an address accepts: the version before it. */
const older = { "1.0": "TLSv1", "1.2": "TLSv1.1", "1.3": "TLSv1.2" } as const;

/** Calls at once. */
const atOnce = 8;

describe("Access matrix, served,", () => {
  const all = {
    ...programs,
    ...Object.fromEntries(
      Object.entries(callers).map(([name, set]) => [`dev: ${name}`, { stack: "dev", set }] as const),
    ),
    "prod: REST API with a rotated key, clients, networks": {
      stack: "prod",
      set: { ...off, apiGateway: true, secrets: true, clients: roles, ...networks },
    },
  };
  for (const [name, { stack, set }] of Object.entries(all)) {
    it(`is what the local run responds, cell by cell (${name})`, async () => {
      const settings = { ...set, ...unthrottled };
      const { cells } = matrixOf(await evaluate({ stack, set: settings }));
      // The quota is just what the cells use that are let in with a key: one call more, and it is used up.
      const used = cells.filter(usesKey).length;
      const keyQuota = Math.max(leastQuota, used);
      const run = await startRun({ stack, set: { ...settings, keyQuota }, port: 0, log: silent });
      try {
        const served = matrixOf(run.graph).cells;
        expect(served.map(({ status }) => status)).to.deep.equal(cells.map(({ status }) => status));
        expect(await differences(run, served, keyQuota - used)).to.deep.equal([]);
      } finally {
        await run.close();
      }
    });
  }
});

/** Of several clients' keys, that of the first, which is the one that is tried when it is used up. */
function usesKey({ api, credential, reached }: Cell): boolean {
  return credential.key === "right key" && reached && (credential.client ?? first(api)) === first(api);
}

function first({ clients }: Cell["api"]): string | undefined {
  return clients?.[0]?.name;
}

const model = readFileSync(join(projectRoot, "models/mymodel/model.onnx"));
const example = {
  version: createHash("sha256").update(model).digest("hex").slice(0, 12),
  body: flower,
  columns: JSON.stringify({ inputs: [[5.1, 3.5, 1.4, 0.2]] }),
  transformed: false,
};

/** Cells that are answered otherwise, in words. @param spare calls of the quota that no cell uses */
async function differences(run: LocalRun, cells: readonly Cell[], spare: number): Promise<string[]> {
  const local = localSource(servedStack(run, {}));
  // The quota is used up once the cells of the second round are called.
  const source: Source = { ...local, spentApiKey: (owner) => local.apiKey(owner) };
  const client = new Client(source.ca);
  const status = async (cell: Cell) => {
    const { call } = await callOf(cell, source, example);
    // The version just before the oldest that is accepted.
    const tls = cell.location === "older TLS" ? older[cell.endpoint.tls] : undefined;
    return (await client.send({ ...call, tls })).status;
  };
  const found: string[] = [];
  const overQuota = ({ credential }: Cell) => credential.key === "key over quota";
  const keyed = cells.find(usesKey);
  try {
    for (let call = 0; keyed !== undefined && call < spare; call++) await status(keyed);
    for (const round of [cells.filter((cell) => !overQuota(cell)), cells.filter(overQuota)]) {
      const left = [...round];
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          for (let cell = left.shift(); cell !== undefined; cell = left.shift()) {
            let answered = await status(cell);
            // On a busy machine an authorizer may not reach its issuer in time, and tries again only after ten seconds.
            for (let tries = 1; tries <= 2 && refuses(answered) && answered !== cell.status; tries++) {
              await new Promise((resolve) => setTimeout(resolve, 11_000));
              answered = await status(cell);
            }
            if (answered !== cell.status) found.push(`${described(cell)}: ${answered} instead of ${cell.status}`);
          }
        }),
      );
    }
  } finally {
    client.close();
  }
  return found;
}

/** What lets in more than it should is no matter of patience. */
function refuses(status: Cell["status"]): boolean {
  return typeof status === "number" && status >= 400;
}

function described({ api, endpoint, location, method, path, credential }: Cell): string {
  return `${api.name} at ${addressOf(endpoint)}, ${location}: ${method} ${path}, ${credential.name}`;
}
