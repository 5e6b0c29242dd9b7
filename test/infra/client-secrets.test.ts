// Clients whose keys the rotation makes: a secret, a key, a plan and readers of its own for each.

import { expect } from "chai";
import { planTag } from "../../contract";
import { evaluate } from "../../graph/evaluate";
import { type Graph, ofType } from "../../graph/resource";
import { sweepInput } from "../../infra/secrets/key-sweep";
import { denyingPolicyOf } from "../../local/aws/permission";
import { decide } from "../../local/iam/decision";
import { policyOf } from "../../local/iam/policy";
import { only } from "./only";

const graphs = new Map<string, Promise<Graph>>();
const keyed = (clients: readonly object[], set: Record<string, unknown> = {}): Promise<Graph> => {
  const alone = { auth0Authorizer: false, httpApi: false, sagemaker: false, secrets: true };
  const all = { ...alone, clients, ...set };
  const graph = graphs.get(JSON.stringify(all)) ?? evaluate({ stack: "dev", set: all });
  graphs.set(JSON.stringify(all), graph);
  return graph;
};
const faultOf = (clients: readonly object[], set: Record<string, unknown> = {}) =>
  keyed(clients, set).then(
    () => "taken",
    (error: Error) => error.message,
  );
const json = (value: unknown) => JSON.parse(String(value)) as never;
const secret = "aws:secretsmanager/secret:Secret";
const secretOf = (graph: Graph, client: string) => only(graph, secret, new RegExp(`^secrets-client-${client}-secret$`));
const planOf = (graph: Graph, client: string) =>
  only(graph, "aws:apigateway/usagePlan:UsagePlan", new RegExp(`-client-${client}-plan$`));
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

const two = [
  { name: "acme", rate: 5, quota: 100, readers: [role("acme-app"), role("acme-batch")], models: ["mymodel"] },
  { name: "acme-eu", readers: [role("europe")] },
];

describe("Infrastructure: clients with rotated keys", () => {
  it("have each a secret and a plan of their own, and there is no key of nobody in particular", async () => {
    const graph = await keyed(two);
    expect(
      ofType(graph, secret).map(({ name, inputs }) => [name, inputs.namePrefix, inputs.tags]),
    ).to.have.deep.members([
      ["secrets-client-acme-secret", "model-serving-dev/client/acme/", { [planTag]: planOf(graph, "acme").id }],
      [
        "secrets-client-acme-eu-secret",
        "model-serving-dev/client/acme-eu/",
        { [planTag]: planOf(graph, "acme-eu").id },
      ],
    ]);
    const plans = ofType(graph, "aws:apigateway/usagePlan:UsagePlan");
    expect(plans.map(({ inputs }) => [inputs.throttleSettings, inputs.quotaSettings])).to.have.deep.members([
      [
        { rateLimit: 5, burstLimit: 20 },
        { limit: 100, period: "DAY" },
      ],
      [
        { rateLimit: 10, burstLimit: 20 },
        { limit: 10_000, period: "DAY" },
      ],
    ]);
    for (const type of ["aws:apigateway/apiKey:ApiKey", "aws:secretsmanager/secretVersion:SecretVersion"])
      expect(ofType(graph, type), type).to.deep.equal([]);
    expect(graph.outputs).to.deep.include({
      awsSecretIds: { acme: secretOf(graph, "acme").id, "acme-eu": secretOf(graph, "acme-eu").id },
      apiGatewayClients: {
        acme: { usagePlanId: planOf(graph, "acme").id },
        "acme-eu": { usagePlanId: planOf(graph, "acme-eu").id },
      },
    });
    // No client's secret is the stack's: a script that reads this output would get somebody's.
    expect(graph.outputs).not.to.have.any.keys("awsSecretId", "apiGatewayUsagePlanId", "apiGatewayKeyId");
  });

  it("may have names of 32 characters: rules, roles and functions, which have 64, still get theirs", async () => {
    const graph = await keyed([{ name: "c".repeat(32), readers: [role("app")] }]);
    const limited = ["aws:cloudwatch/eventRule:EventRule", "aws:iam/role:Role", "aws:lambda/function:Function"];
    const named = limited
      .flatMap((type) => ofType(graph, type))
      .map(({ name, inputs }) => String(inputs.name ?? `${name}-0123456`));
    expect(named.filter((name) => name.includes("c".repeat(32)))).not.to.be.empty;
    expect(named.filter((name) => name.length > 64)).to.deep.equal([]);
  });

  it("are known to the function by what their keys begin with, which no rotation changes", async () => {
    const { variables } = only(await keyed(two), "aws:apigateway/stage:Stage").inputs;
    expect(variables).to.deep.equal({
      clients: "listed",
      client_acme: "keyPrefix=acme_&models=mymodel",
      client_acme_eu: "keyPrefix=acme-eu_",
    });
  });

  it("have each readers of its own: one client's role can read no other's secret, whatever IAM allows it", async () => {
    const graph = await keyed(two);
    const rotation = String(only(graph, "aws:iam/role:Role", /rotation/).outputs.arn);
    const policies = ofType(graph, "aws:secretsmanager/secretPolicy:SecretPolicy");
    const readersOf = (client: string): unknown => {
      const { inputs } = policies.find(({ inputs: { secretArn } }) => secretArn === secretOf(graph, client).id)!;
      const { Statement } = json(inputs.policy) as { Statement: { Condition: unknown }[] };
      expect(Statement).to.have.lengthOf(1);
      expect(Statement[0]).to.deep.include({ Effect: "Deny", Principal: "*", Action: "secretsmanager:GetSecretValue" });
      return Statement[0]!.Condition;
    };
    const except = (...arns: string[]) => ({ ArnNotEquals: { "aws:PrincipalArn": arns } });
    expect(readersOf("acme")).to.deep.equal(except(role("acme-app"), role("acme-batch"), rotation));
    expect(readersOf("acme-eu")).to.deep.equal(except(role("europe"), rotation));

    const all = { Effect: "Allow", Action: "secretsmanager:*", Resource: "*" };
    const administrator = policyOf({ Version: "2012-10-17", Statement: [all] }, "identity");
    const reads = (who: string, client: string) => {
      const of = secretOf(graph, client).id;
      const locked = denyingPolicyOf(
        policies.find(({ inputs }) => inputs.secretArn === of)!,
        "secretsmanager",
      );
      const keys = new Map([["aws:principalarn", who]]);
      const asked = { action: "secretsmanager:GetSecretValue", resources: [of], keys };
      return decide([administrator, locked], asked) === "allow";
    };
    const roles = [role("acme-app"), role("acme-batch"), role("europe"), role("admin"), rotation];
    expect(roles.map((who) => [reads(who, "acme"), reads(who, "acme-eu")])).to.deep.equal([
      [true, false],
      [true, false],
      [false, true],
      [false, false],
      [true, true],
    ]);
  });

  it("are told of by a rule each, where somebody else reads: one on one's own secret, with one's own readers", async () => {
    const graph = await keyed(two);
    const rotation = only(graph, "aws:iam/role:Role", /rotation/).outputs.arn;
    for (const [client, ...readers] of [
      ["acme", role("acme-app"), role("acme-batch")],
      ["acme-eu", role("europe")],
    ] as const) {
      const rule = only(graph, "aws:cloudwatch/eventRule:EventRule", new RegExp(`-client-${client}-reads$`));
      const { detail } = json(rule.inputs.eventPattern) as { detail: Record<string, unknown> };
      const named = [{ wildcard: `*${String(secretOf(graph, client).outputs.name)}*` }];
      expect(detail["$or"]).to.deep.equal([{ requestParameters: { secretId: named } }, { errorMessage: named }]);
      const others = JSON.stringify({ "anything-but": [...readers, rotation] });
      expect(JSON.stringify(detail["userIdentity"])).to.include(others);
    }
    const alarms = ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ name }) => /^secrets/.test(name));
    expect(alarms.map(({ inputs }) => [inputs.metricName, inputs.statistic, inputs.dimensions])).to.deep.equal([
      ["Errors", "Sum", { FunctionName: "model-serving-dev-rotation" }],
      ["ApiKeyAge", "Maximum", undefined],
      ["PendingVersionAge", "Maximum", undefined],
    ]);
  });

  it("are rotated by one function: one permission, one sweep of all, and a schedule and a lifecycle each", async () => {
    const graph = await keyed(two);
    const lambda = only(graph, "aws:lambda/function:Function", /rotation/);
    const permissions = ofType(graph, "aws:lambda/permission:Permission");
    expect(permissions.filter(({ inputs }) => inputs.function === lambda.outputs.name)).to.have.lengthOf(2);
    const secrets = ["acme", "acme-eu"].map((client) => secretOf(graph, client).id);
    const rotations = ofType(graph, "aws:secretsmanager/secretRotation:SecretRotation");
    expect(rotations.map(({ inputs }) => [inputs.secretId, inputs.rotationLambdaArn])).to.have.deep.members(
      secrets.map((arn) => [arn, lambda.outputs.arn]),
    );
    const lifecycles = ofType(graph, "aws:lambda/invocation:Invocation").map(
      ({ inputs }) => json(inputs.input) as object,
    );
    expect(lifecycles).to.have.deep.members(
      ["acme", "acme-eu"].map((client) => ({
        event: "lifecycle",
        secret: secretOf(graph, client).id,
        plan: planOf(graph, client).id,
      })),
    );
    const target = only(graph, "aws:cloudwatch/eventTarget:EventTarget", /sweep/);
    expect(json(target.inputs.input)).to.deep.equal({
      event: "sweep",
      secrets: secrets.map((arn) => arn.split(":secret:model-serving-dev/")[1]),
    });
  });

  it("come and go without touching what another has: its secret, plan, schedule, lifecycle, readers and rule", async () => {
    const clients = [{ name: "acme" }, { name: "labs", quota: 50, readers: [role("labs")] }, { name: "ops" }];
    const [before, after] = [await keyed(clients), await keyed([clients[2]!, clients[1]!, { name: "new" }])];
    const shown = (graph: Graph, client: string) =>
      graph.resources
        .filter(({ name, id }) => name.includes(`-client-${client}-`) && id !== "")
        .map(({ urn, inputs }) => ({ urn, inputs }));
    for (const client of ["labs", "ops"]) {
      // Secret, its policy, rotation and lifecycle; rule and target of foreign reads; plan.
      expect(shown(before, client)).to.have.lengthOf(7);
      expect(shown(after, client)).to.deep.equal(shown(before, client));
    }
    expect(shown(after, "acme")).to.deep.equal([]);
    expect(shown(after, "new")).to.have.lengthOf(7);
    // What all share and changes: the stage's list, the plans that the role may fill, and the sweep's list.
    const shared = (graph: Graph) => graph.resources.filter(({ name, id }) => id !== "" && !name.includes("-client-"));
    const others = new Map(shared(before).map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]));
    const changed = shared(after).filter(({ urn, inputs }) => others.get(urn) !== JSON.stringify(inputs));
    expect(changed.map(({ name }) => name)).to.have.members([
      "apiGateway-stage",
      "secrets-rotation-secret-policy",
      "secrets-sweep-target",
    ]);
  });

  it("lose their keys when they go: before function, policy and plan, and after what could make new ones", async () => {
    const graph = await keyed(two);
    for (const client of ["acme", "acme-eu"]) {
      const lifecycle = only(graph, "aws:lambda/invocation:Invocation", new RegExp(`-client-${client}-lifecycle$`));
      const schedule = only(
        graph,
        "aws:secretsmanager/secretRotation:SecretRotation",
        new RegExp(`-${client}-schedule$`),
      );
      expect(schedule.dependencies).to.include(lifecycle.urn);
      for (const needed of [
        only(graph, "aws:lambda/function:Function", /rotation/),
        only(graph, "aws:iam/rolePolicy:RolePolicy", /rotation-secret-policy/),
        planOf(graph, client),
        secretOf(graph, client),
        only(graph, "aws:secretsmanager/secretPolicy:SecretPolicy", new RegExp(`-client-${client}-policy$`)),
      ])
        expect(lifecycle.dependencies, needed.name).to.include(needed.urn);
    }
  });

  it("fit into the quotas of IAM, Lambda and EventBridge, as many as there may be in the regions with the longest names", async () => {
    const clients = Array.from({ length: 99 }, (_, index) => ({
      name: `${"c".repeat(29)}${String(index).padStart(3, "0")}`,
    }));
    const graph = await keyed(clients, { awsRegion: "ap-southeast-3", secretsRegion: "ap-northeast-1" });
    const of = only(graph, "aws:iam/role:Role", /rotation/).outputs.name;
    const policies = ofType(graph, "aws:iam/rolePolicy:RolePolicy").filter(({ inputs }) => inputs.role === of);
    const text = policies.map(({ inputs }) => String(inputs.policy).replace(/\s/g, "")).join("");
    for (const { id } of ofType(graph, "aws:apigateway/usagePlan:UsagePlan"))
      expect(text).to.include(`arn:aws:apigateway:ap-southeast-3::/usageplans/${id}/keys*`);
    // Room for longer ids than those of today, and for the call that the rotation signs under IAM.
    expect(text.length + 4 * clients.length + 200).to.be.below(10_240);

    const location = { partition: "aws", region: "us-west-2", account: "123456789012", prefix: "model-serving-dev" };
    const arns = ofType(graph, secret).map(({ name }) => {
      const client = /client-(\w+)-secret/.exec(name)![1]!;
      return `arn:aws:secretsmanager:us-west-2:123456789012:secret:model-serving-dev/client/${client}/${"0".repeat(26)}-AbCdEf`;
    });
    expect(sweepInput(arns, location).length).to.be.below(8_192);
    for (const { inputs } of ofType(graph, "aws:cloudwatch/eventRule:EventRule"))
      expect(String(inputs.eventPattern ?? "").length).to.be.below(2_048);
  });

  it("fit into a rule's pattern with the most readers that the settings let through", async () => {
    const readers = Array.from({ length: 100 }, (_, index) => role(`reader-number-${index}`));
    const taken: string[] = [];
    while (JSON.stringify([...taken, readers[taken.length]]).length <= 1_200) taken.push(readers[taken.length]!);
    const graph = await keyed([{ name: "c".repeat(32), readers: taken }], { secretsRegion: "ap-southeast-3" });
    const rule = only(graph, "aws:cloudwatch/eventRule:EventRule", /-reads(-target)?$/);
    expect(String(rule.inputs.eventPattern).length).to.be.within(1_200, 1_900);
  });

  it("may have any quota where the rotation calls nothing with their keys", async () => {
    for (const set of [
      { allowedNetworks: ["203.0.113.0/24"] },
      { apiGatewayAuth: "cognito", apiGatewayKeyRequired: true },
    ])
      expect(await faultOf([{ name: "a", quota: 1 }], set)).to.equal("taken");
  });

  it("keep the output of the one secret wherever no client has a key", async () => {
    for (const [clients, set] of [
      [[], {}],
      [[], { apiGateway: false }],
      [[{ name: "acme", principal: role("acme") }], { apiGatewayAuth: "iam" }],
      [[{ name: "acme" }], { apiGatewayAuth: "cognito" }],
    ] as const) {
      const graph = await keyed(clients, set);
      expect(graph.outputs["awsSecretId"]).to.equal(only(graph, secret).id);
      expect(graph.outputs).not.to.have.property("awsSecretIds");
    }
  });

  it("may be listed in prod by their roles, and are known by role and key both", async () => {
    const alone = { auth0Authorizer: false, httpApi: false, sagemaker: false };
    const clients = [{ name: "team", principal: role("teams/scoring"), readers: [role("teams/scoring")] }];
    const graph = await evaluate({ stack: "prod", set: { ...alone, clients } });
    expect(only(graph, "aws:apigateway/stage:Stage").inputs.variables).to.deep.equal({
      clients: "listed",
      client_team: `keyPrefix=team_&principal=${role("teams/scoring")}`,
    });
    expect(secretOf(graph, "team").inputs.recoveryWindowInDays).to.equal(30);
  });

  const faults: [what: string, clients: readonly object[], set: Record<string, unknown>, line: RegExp][] = [
    [
      "a reader that is everyone",
      [{ name: "a", readers: ["*"] }],
      {},
      /clients\[0\]\.readers\[0\]: is not a role's ARN: pulumi config set --path 'clients\[0\]\.readers\[0\]' arn:/,
    ],
    [
      "a reader that is an account",
      [{ name: "a", readers: ["arn:aws:iam::123456789012:root"] }],
      {},
      /readers\[0\]: is/,
    ],
    [
      "a reader of another account",
      [{ name: "a" }, { name: "b", readers: [role("b"), role("b").replace("123456789012", "999999999999")] }],
      {},
      /^clients\[1\]\.readers\[1\]: is a role of another account.*: pulumi config set --path 'clients\[1\]\.readers\[1\]' arn:aws:iam::123456789012:role\/my-application$/,
    ],
    ["readers that are not a list", [{ name: "a", readers: role("a") }], {}, /clients\[0\]\.readers\[0\]: is not/],
    [
      "more readers than a rule's pattern holds",
      [{ name: "a", readers: Array.from({ length: 40 }, (_, index) => role(`reader-${index}`)) }],
      {},
      /clients\[0\]\.readers: have more than 1200 characters together: pulumi config rm --path 'clients\[0\]\.readers\[39\]'/,
    ],
    [
      "readers without secrets",
      [{ name: "a", readers: [role("a")] }],
      { secrets: false },
      /clients\[0\]\.readers: .* not kept in a secret: pulumi config set secrets true/,
    ],
    [
      "readers where no key is asked for",
      [{ name: "a", principal: role("a"), readers: [role("a")] }],
      { apiGatewayAuth: "iam" },
      /clients\[0\]\.readers: .*the API requires no API key: pulumi config set apiGatewayKeyRequired true/,
    ],
    [
      "readers of every client's secret",
      [{ name: "a" }],
      { secretReaders: [role("broker")] },
      /secretReaders: would be able to read every client's secret.*: pulumi config rm secretReaders/,
    ],
    [
      "a quota that the rotation would use up",
      [{ name: "a", quota: 19 }],
      {},
      /clients\[0\]\.quota: is less than 20.*: pulumi config set --path 'clients\[0\]\.quota' 20/,
    ],
    ["such a quota of everyone's key", [], { keyQuota: 19 }, /keyQuota: is less than 20/],
  ];
  for (const [what, clients, set, line] of faults) {
    it(`refuse ${what}, with the command that cures it`, async () => {
      expect(await faultOf(clients, set)).to.match(line);
    });
  }
});
