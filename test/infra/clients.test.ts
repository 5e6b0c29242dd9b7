import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { type Graph, ofType } from "../../graph/resource";
import { onnxFile } from "../fixtures/onnx-file";
import { only } from "./only";

const dev = (set: Record<string, unknown>, stack = "dev") =>
  evaluate({ stack, set: { auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false, ...set } });

/** The list of clients, which says that it is one. */
const listedOf = (graph: Graph) => {
  const { clients, ...listed } = variablesOf(graph)!;
  expect(clients).to.equal("listed");
  return listed;
};
const variablesOf = (graph: Graph) =>
  only(graph, "aws:apigateway/stage:Stage").inputs["variables"] as Record<string, string> | undefined;
const policyOf = (graph: Graph) =>
  (JSON.parse(String(only(graph, "aws:apigateway/restApi:RestApi").inputs["body"])) as Record<string, unknown>)[
    "x-amazon-apigateway-policy"
  ];
const keyId = (graph: Graph, client: string) =>
  only(graph, "aws:apigateway/apiKey:ApiKey", new RegExp(`-client-${client}-key$`)).id;

const role = "arn:aws:iam::123456789012:role/teams/scoring";
const account = "arn:aws:iam::210987654321:root";

/** What a resource is, whatever it was evaluated with. */
const shown = (graph: Graph, name: RegExp) =>
  graph.resources.filter((resource) => name.test(resource.name)).map(({ urn, inputs }) => ({ urn, inputs }));

describe("Infrastructure: the clients of the REST API", () => {
  it("have under API keys each a key, a throttle and a quota of its own, and there is no key of nobody in particular", async () => {
    const graph = await dev({
      clients: [{ name: "acme", rate: 5, burst: 7, quota: 100, quotaPeriod: "MONTH" }, { name: "labs" }],
    });
    const plans = ofType(graph, "aws:apigateway/usagePlan:UsagePlan").map(({ inputs }) => inputs);
    const apiStages = [{ apiId: only(graph, "aws:apigateway/restApi:RestApi").id, stage: "dev" }];
    expect(plans).to.deep.equal([
      { apiStages, throttleSettings: { rateLimit: 5, burstLimit: 7 }, quotaSettings: { limit: 100, period: "MONTH" } },
      {
        apiStages,
        throttleSettings: { rateLimit: 10, burstLimit: 20 },
        quotaSettings: { limit: 10_000, period: "DAY" },
      },
    ]);
    expect(ofType(graph, "aws:apigateway/apiKey:ApiKey").map(({ name, secrets }) => [name, secrets])).to.deep.equal([
      ["apiGateway-client-acme-key", ["outputs.value"]],
      ["apiGateway-client-labs-key", ["outputs.value"]],
    ]);
    const joined = ofType(graph, "aws:apigateway/usagePlanKey:UsagePlanKey").map(({ inputs }) => inputs["keyId"]);
    expect(joined).to.deep.equal([keyId(graph, "acme"), keyId(graph, "labs")]);
    expect(graph.outputs["apiGatewayClients"]).to.deep.equal({
      acme: { keyId: keyId(graph, "acme") },
      labs: { keyId: keyId(graph, "labs") },
    });
    expect(graph.outputs).not.to.have.property("apiGatewayKeyId");
  });

  it("reach the function as variables of the stage, so that a change of them deploys neither code nor API", async () => {
    const before = await dev({ clients: [{ name: "acme-eu", models: ["mymodel"] }] });
    expect(listedOf(before)).to.deep.equal({ client_acme_eu: `key=${keyId(before, "acme-eu")}&models=mymodel` });
    const after = await dev({ clients: [{ name: "acme-eu", models: ["mymodel"] }, { name: "labs" }] });
    for (const type of [
      "aws:lambda/function:Function",
      "aws:apigateway/restApi:RestApi",
      "aws:apigateway/deployment:Deployment",
    ])
      expect(ofType(after, type).map(({ inputs }) => inputs)).to.deep.equal(
        ofType(before, type).map(({ inputs }) => inputs),
      );
  });

  it("come and go without touching what another has", async () => {
    const clients = [{ name: "acme" }, { name: "labs", quota: 5 }, { name: "ops" }];
    const before = await dev({ clients });
    const after = await dev({ clients: [clients[2], clients[1]] });
    for (const name of [/-client-labs/, /-client-ops/]) {
      expect(shown(before, name)).to.have.lengthOf(4);
      expect(shown(after, name)).to.deep.equal(shown(before, name));
    }
    expect(shown(after, /-client-acme/)).to.deep.equal([]);
  });

  it("are under IAM a role or an account, allowed exactly its routes, or those of its models", async () => {
    const graph = await dev({
      apiGatewayAuth: "iam",
      clients: [
        { name: "team", principal: role, models: ["add", "image"] },
        { name: "partner", principal: account },
      ],
      modelsFolder: "test/fixtures/models",
      defaultModel: "add",
    });
    const stage = "execute-api:/dev";
    expect(policyOf(graph)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: role },
          Action: "execute-api:Invoke",
          Resource: [
            `${stage}/POST/mymodel`,
            `${stage}/GET/v2`,
            `${stage}/GET/v2/health/*`,
            `${stage}/POST/v2/repository/index`,
            `${stage}/GET/v2/models/add`,
            `${stage}/GET/v2/models/add/*`,
            `${stage}/POST/v2/models/add/*`,
            `${stage}/GET/v1/models/add`,
            `${stage}/GET/v1/models/add/*`,
            `${stage}/POST/v1/models/add:predict`,
            `${stage}/POST/v1/models/add/*`,
            `${stage}/GET/v2/models/image`,
            `${stage}/GET/v2/models/image/*`,
            `${stage}/POST/v2/models/image/*`,
            `${stage}/GET/v1/models/image`,
            `${stage}/GET/v1/models/image/*`,
            `${stage}/POST/v1/models/image:predict`,
            `${stage}/POST/v1/models/image/*`,
          ],
        },
        { Effect: "Allow", Principal: { AWS: account }, Action: "execute-api:Invoke", Resource: [`${stage}/*`] },
      ],
    });
    expect(listedOf(graph)).to.deep.equal({
      client_team: `principal=${role}&models=add,image`,
      client_partner: `principal=${account}`,
    });
    expect(ofType(graph, "aws:apigateway/apiKey:ApiKey")).to.deep.equal([]);
  });

  it("may call the plain route where the folder holds just their model, whatever the default is called", async () => {
    const clients = [
      { name: "mine", principal: role, models: ["mine"] },
      { name: "other", principal: account },
    ];
    const folder = mkdtempSync(join(tmpdir(), "models-"));
    try {
      mkdirSync(join(folder, "mine"));
      writeFileSync(join(folder, "mine/model.onnx"), onnxFile());
      const graph = await dev({ apiGatewayAuth: "iam", clients, modelsFolder: folder });
      const { Statement } = policyOf(graph) as { Statement: { Resource: string[] }[] };
      expect(Statement[0]!.Resource).to.include("execute-api:/dev/POST/mymodel");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("share under IAM the part of the policy that is the same for them: as many as there may be fit", async () => {
    const clients = Array.from({ length: 99 }, (_, index) => ({
      name: `c${index}`,
      principal: `${role}-${index}`,
      ...(index % 2 === 0 ? {} : { models: index % 4 === 1 ? ["add", "image"] : ["image", "add"] }),
    }));
    const graph = await dev({
      apiGatewayAuth: "iam",
      modelsFolder: "test/fixtures/models",
      defaultModel: "add",
      clients,
    });
    const { Statement } = policyOf(graph) as { Statement: { Principal: { AWS: string[] }; Resource: string[] }[] };
    const principals = (remainder: number) =>
      clients.filter((_, index) => index % 2 === remainder).map(({ principal }) => principal);
    expect(Statement.map(({ Principal }) => Principal.AWS)).to.deep.equal([principals(0), principals(1)]);
    expect(Statement.map(({ Resource }) => Resource.length)).to.deep.equal([1, 18]);
    // A stage has 100 variables, and no more on request.
    expect(Object.keys(variablesOf(graph)!)).to.have.lengthOf(100);
  });

  it("have under IAM with keys both, and the function asks for both", async () => {
    const graph = await dev({
      clients: [{ name: "team", principal: role }],
      apiGatewayAuth: "iam",
      apiGatewayKeyRequired: true,
    });
    expect(listedOf(graph)).to.deep.equal({ client_team: `key=${keyId(graph, "team")}&principal=${role}` });
  });

  it("have under Cognito each an application of its own", async () => {
    const graph = await dev({ clients: [{ name: "acme" }, { name: "labs" }], apiGatewayAuth: "cognito" });
    const applications = ofType(graph, "aws:cognito/userPoolClient:UserPoolClient");
    expect(applications.map(({ name }) => name)).to.deep.equal([
      "apiGateway-client-acme-application",
      "apiGateway-client-labs-application",
    ]);
    expect(listedOf(graph)).to.deep.equal({
      client_acme: `principal=${applications[0]!.id}`,
      client_labs: `principal=${applications[1]!.id}`,
    });
    expect(graph.outputs["apiGatewayClients"]).to.deep.equal({
      acme: { cognitoClientId: applications[0]!.id },
      labs: { cognitoClientId: applications[1]!.id },
    });
  });

  it("leave everything as it was where there are none", async () => {
    const graph = await dev({});
    expect(variablesOf(graph)).to.equal(undefined);
    expect(policyOf(graph)).to.equal(undefined);
    expect(ofType(graph, "aws:apigateway/apiKey:ApiKey").map(({ name }) => name)).to.deep.equal([
      "apiGateway-usage-key",
    ]);
  });
});

describe("Infrastructure: the networks that may call", () => {
  const networks = ["203.0.113.0/24", "2001:db8::/32"];
  const callers = {
    Sid: "Callers",
    Effect: "Allow",
    Principal: "*",
    Action: "execute-api:Invoke",
    Resource: "execute-api:/dev/*",
    Condition: { IpAddress: { "aws:SourceIp": networks } },
  };
  const preflights = { ...callers, Sid: "Preflights", Resource: "execute-api:/dev/OPTIONS/*" };
  const others = {
    Sid: "OtherNetworks",
    Effect: "Deny",
    Principal: "*",
    Action: "execute-api:Invoke",
    Resource: "execute-api:/dev/*",
    Condition: { NotIpAddress: { "aws:SourceIp": networks } },
  };
  const cases: [auth: string, set: object, statements: object[]][] = [
    ["apiKey", {}, [callers, others]],
    ["cognito", {}, [callers, others]],
    // An Allow would let in whom nothing else allows: see infra/api/documents/resource-policy.ts.
    ["iam", {}, [others]],
    ["lambda", {}, [others]],
    ["iam", { corsOrigin: "https://app.example.com" }, [preflights, others]],
    ["lambda", { corsOrigin: "https://app.example.com" }, [preflights, others]],
  ];
  for (const [apiGatewayAuth, set, Statement] of cases) {
    it(`are under ${apiGatewayAuth} with ${JSON.stringify(set)} the only ones, and allow nobody more`, async () => {
      const graph = await dev({ apiGatewayAuth, ...set, allowedNetworks: networks });
      expect(policyOf(graph)).to.deep.equal({ Version: "2012-10-17", Statement });
    });
  }

  it("hold for the Auth0-protected API too", async () => {
    const graph = await dev({ apiGateway: false, auth0Authorizer: true, allowedNetworks: networks });
    expect(policyOf(graph)).to.deep.equal({ Version: "2012-10-17", Statement: [others] });
  });

  it("are deployed: a change of them alone redeploys the API", async () => {
    const trigger = async (allowedNetworks: string[]) =>
      only(await dev({ allowedNetworks }), "aws:apigateway/deployment:Deployment").inputs["triggers"];
    expect(await trigger(networks)).not.to.deep.equal(await trigger(networks.slice(1)));
  });
});

describe("Infrastructure: the settings of clients", () => {
  const two = [{ name: "acme" }, { name: "acme" }];
  const table: [fault: string, set: Record<string, unknown>, line: RegExp][] = [
    [
      "that are not a list",
      { clients: "acme" },
      /clients: is not a list of objects: pulumi config set --path 'clients\[0\]\.name' acme/,
    ],
    ["that are names alone", { clients: ["acme"] }, /clients: is not a list of objects/],
    [
      "without a name",
      { clients: [{ rate: 5 }] },
      /clients\[0\]\.name: is not 1 to 32 lower-case .*: pulumi config set --path 'clients\[0\]\.name' acme/,
    ],
    ["with the name of nobody", { clients: [{ name: "unlisted" }] }, /clients\[0\]\.name: is not 1 to 32 lower-case/],
    [
      "with a name that breaks out of its variable",
      { clients: [{ name: "a_b" }] },
      /clients\[0\]\.name: is not 1 to 32 lower-case/,
    ],
    [
      "with a misspelt limit",
      { clients: [{ name: "a", qota: 5 }] },
      /clients\[0\]\.qota: is not a field of a client: pulumi config rm --path 'clients\[0\]\.qota'/,
    ],
    [
      "with a rate of nothing",
      { clients: [{ name: "a", rate: 0 }] },
      /clients\[0\]\.rate: is not a whole number from 1 to 10000: pulumi config set --path 'clients\[0\]\.rate' 10/,
    ],
    [
      "with a quota in words",
      { clients: [{ name: "a", quota: "many" }] },
      /clients\[0\]\.quota: is not a whole number/,
    ],
    [
      "with an unknown period",
      { clients: [{ name: "a", quotaPeriod: "YEAR" }] },
      /clients\[0\]\.quotaPeriod: is not one of DAY, WEEK, MONTH/,
    ],
    [
      "with no models",
      { clients: [{ name: "a", models: [] }] },
      /clients\[0\]\.models\[0\]: is missing: the list is empty; leave `models` out to let the client call every model: pulumi config set --path 'clients\[0\]\.models\[0\]' mymodel/,
    ],
    [
      "with a second model that is none",
      { clients: [{ name: "a", models: ["mymodel", "No Name"] }] },
      /clients\[0\]\.models\[1\]: is not a model's name/,
    ],
    ["with models in words", { clients: [{ name: "a", models: "mymodel" }] }, /models\[0\]: is not a model's name/],
    [
      "with a model that adds a field",
      { clients: [{ name: "a", models: ["m&key=x"] }] },
      /clients\[0\]\.models\[0\]: is not a model's name/,
    ],
    [
      "with a model that is not there",
      { clients: [{ name: "a", models: ["nothing"] }] },
      /clients\[0\]\.models: names a model that is not in models: pulumi config set --path 'clients\[0\]\.models\[0\]' mymodel/,
    ],
    [
      "of one name",
      { clients: two },
      /clients\[1\]\.name: is also used by another client: pulumi config set --path 'clients\[1\]\.name' client-2/,
    ],
    [
      "of one role",
      {
        apiGatewayAuth: "iam",
        clients: [
          { name: "a", principal: role },
          { name: "b", principal: role },
        ],
      },
      /clients\[1\]\.principal: is also used by another client/,
    ],
    [
      "without a role under IAM",
      { apiGatewayAuth: "iam", clients: [{ name: "a" }] },
      /clients\[0\]\.principal: is not the ARN of a role or an account's root/,
    ],
    [
      "that are everyone under IAM",
      { apiGatewayAuth: "iam", clients: [{ name: "a", principal: "*" }] },
      /clients\[0\]\.principal: is not the ARN/,
    ],
    [
      "that are many roles under IAM",
      { apiGatewayAuth: "iam", clients: [{ name: "a", principal: "arn:aws:iam::123456789012:role/*" }] },
      /clients\[0\]\.principal: is not the ARN/,
    ],
    [
      "of another partition than the API's",
      { apiGatewayAuth: "iam", awsRegion: "us-gov-west-1", clients: [{ name: "a", principal: role }] },
      /clients\[0\]\.principal: is not the ARN .*: pulumi config set --path .* arn:aws-us-gov:iam::123456789012:role\/caller$/,
    ],
    [
      "without an application under tokens",
      { apiGatewayAuth: "lambda", clients: [{ name: "a" }] },
      /clients\[0\]\.principal: is not the id of an OAuth client/,
    ],
    [
      "with a role under API keys, where it would mean nothing",
      { clients: [{ name: "a", principal: role }] },
      /clients\[0\]\.principal: has no effect under apiGatewayAuth apiKey/,
    ],
    [
      "with a limit that nothing counts",
      { apiGatewayAuth: "iam", clients: [{ name: "a", principal: role, quota: 5 }] },
      /clients\[0\]\.quota: needs an API key .*: pulumi config set apiGatewayKeyRequired true/,
    ],
    [
      "with more than a variable holds",
      { clients: [{ name: "a", models: Array.from({ length: 60 }, (_, index) => `model-${index}`) }] },
      /clients\[0\]\.models: are too many/,
    ],
    [
      "more than variables of a stage",
      { clients: Array.from({ length: 100 }, (_, index) => ({ name: `c${index}` })) },
      /clients: has more than 99 entries: pulumi config rm --path 'clients\[99\]'$/,
    ],
    [
      "with more than a policy holds",
      {
        apiGatewayAuth: "iam",
        modelsFolder: "test/fixtures/models",
        defaultModel: "add",
        clients: Array.from({ length: 30 }, (_, index) => ({
          name: `c${index}`,
          principal: `${role}${index}`,
          models: ["add", "image", "scalar", "vector", "reshape"].filter((_, bit) => ((index + 1) >> bit) % 2 === 1),
        })),
      },
      /clients: together with .* resource policy is longer than 8192 characters; .*: pulumi config rm --path 'clients\[29\]'$/,
    ],
    [
      "from more networks than a policy holds",
      { allowedNetworks: Array.from({ length: 255 }, (_, index) => `203.0.${index}.0/24`) },
      /allowedNetworks: their resource policy is longer than 8192 characters: pulumi config rm --path 'allowedNetworks\[254\]'$/,
    ],
    [
      "on a network that is everything",
      { allowedNetworks: ["0.0.0.0/0"] },
      /allowedNetworks\[0\]: is not a network .*: pulumi config set --path 'allowedNetworks\[0\]' 203\.0\.113\.0\/24/,
    ],
    [
      "on two networks that together are everything",
      { allowedNetworks: ["0.0.0.0/1", "128.0.0.0/1"] },
      /allowedNetworks\[0\]: is not a network .*, of a \/8 at most \(IPv6: \/16\): pulumi config set --path/,
    ],
    [
      "on all of IPv6 that is in use",
      { allowedNetworks: ["10.0.0.0/8", "2001::/16", "2000::/3"] },
      /allowedNetworks\[2\]: is not a network/,
    ],
    ["on an address without a length", { allowedNetworks: ["203.0.113.1"] }, /allowedNetworks\[0\]: is not a network/],
    ["on no network", { allowedNetworks: ["203.0.113.0/24", "office/24"] }, /allowedNetworks\[1\]: is not a network/],
    ["on networks in words", { allowedNetworks: "203.0.113.0/24" }, /allowedNetworks: is not a list in which each/],
    [
      "on networks that nothing would filter",
      { apiGateway: false, httpApi: true, allowedNetworks: ["203.0.113.0/24"] },
      /allowedNetworks: filters only REST APIs, .*: pulumi config rm allowedNetworks/,
    ],
  ];
  for (const [fault, set, line] of table) {
    it(`refuse clients ${fault}, with the command that cures it`, async () => {
      const message = await dev(set).then(
        () => "taken",
        (error: Error) => error.message,
      );
      expect(message).to.match(line);
    });
  }

  it("say nothing while the REST API is off", async () => {
    const graph = await dev({ apiGateway: false, apiGatewayAuth: "iam", clients: [{ name: "a" }] });
    expect(graph.resources).to.deep.equal([]);
  });
});
