// The pack on the real program: every combination of the switches of both stacks, and each choice of protection.

import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { resourceTypes } from "../../graph/resource-types";
import { checkGraph, type Finding, isViolation } from "../../policy/check";
import { covers, isExpired, readExceptions } from "../../policy/exceptions";
import { pack } from "../../policy/pack";
import { combinations } from "./combinations";

/** By this date exceptions and runtimes are judged here, so that a test does not fail by the passing of time alone. */
const today = new Date("2026-11-20");

/** Rules about what the program does not have: each line leaves when its resources come. */
const awaited = [
  // Queues.
  "queue-is-encrypted",
  // The user pool serves machines alone.
  "user-pool-requires-a-second-factor",
  "user-pool-demands-strong-passwords",
  "user-pool-watches-for-threats",
];

/** Protections besides the stacks' own. */
const choices = [
  { apiGatewayAuth: "apiKey" },
  { apiGatewayAuth: "iam" },
  { apiGatewayAuth: "cognito", apiGatewayKeyRequired: true },
  { apiGatewayAuth: "lambda" },
  { apiGatewayAuth: "iam", corsOrigin: "https://app.example.com" },
  { apiGatewayAuth: "cognito", allowedNetworks: ["203.0.113.0/24"], corsOrigin: "https://app.example.com" },
  { apiGatewayAuth: "lambda", allowedNetworks: ["203.0.113.0/24"], corsOrigin: "https://app.example.com" },
  {
    apiGatewayAuth: "iam",
    clients: [{ name: "team", principal: "arn:aws:iam::123456789012:role/team", models: ["mymodel"] }],
    corsOrigin: "https://app.example.com",
  },
  {
    apiGatewayAuth: "cognito",
    apiGatewayKeyRequired: true,
    secrets: true,
    clients: [{ name: "acme" }, { name: "labs" }],
    modelWarm: 1,
    modelWarmHours: "MON-FRI 6-18",
  },
];

/** What prod has by settings alone, all at once. */
const extras = {
  apiGatewayDomain: "mymodel.example.com",
  hostedZoneId: "Z0123456789EXAMPLE",
  authorizerNetwork: "nat",
  blockedNetworks: ["203.0.113.0/24"],
  gcpKeyUsers: ["serviceAccount:app@my-project.iam.gserviceaccount.com"],
  trainingSchedule: "rate(7 days)",
  modelWarm: 1,
  modelWarmMost: 2,
};

/** Models behind endpoints: as simple as dev may have it, and with all that prod asks for. */
const mymodel = { model: "mymodel", instanceType: "ml.m5.large" };
const hosting = [
  ["dev", { endpoints: [mymodel] }],
  [
    "prod",
    {
      endpoints: [{ ...mymodel, minInstances: 2, maxInstances: 4 }],
      endpointImageDigest: `sha256:${"0".repeat(64)}`,
      sagemaker: false,
    },
  ],
] as const;

interface Checked {
  readonly name: string;
  readonly stack: string;
  readonly graph: Graph;
  readonly findings: readonly Finding[];
}

describe("Policy pack, on the program in every combination of its switches,", () => {
  const checked: Checked[] = [];
  const applied = new Set<string>();

  before(async () => {
    for (const { stack, on, graph } of await combinations()) check(stack, graph, on.join(" + ") || "none");
    for (const stack of ["dev", "prod"])
      for (const choice of choices)
        check(
          stack,
          await evaluate({ stack, set: choice }),
          Object.values(choice)
            .map((value) => JSON.stringify(value).replaceAll('"', ""))
            .join(" + "),
        );
    check("prod", await evaluate({ stack: "prod", set: extras }), "extras");
    for (const [stack, set] of hosting) check(stack, await evaluate({ stack, set }), "an endpoint");
  });

  function check(stack: string, graph: Graph, name: string): void {
    const findings = checkGraph(graph, { today, applied: (rule) => applied.add(rule) });
    checked.push({ name: `${stack}: ${name}`, stack, graph, findings });
  }

  it("finds nothing that no exception covers, in any combination", () => {
    // Prod's own exception: an API key alone is dev's choice, and this is how prod says no to it.
    const refused = (finding: Finding, { stack, name }: Checked) =>
      stack === "prod" && name === "prod: apiKey" && finding.rule === "api-key-is-never-alone";
    const open = checked.flatMap((run) =>
      run.findings
        .filter((finding) => finding.status !== "excepted" && !refused(finding, run))
        .map((finding) => `${run.name}: ${finding.rule}: ${finding.resource} ${finding.about}: ${finding.message}`),
    );
    expect(open).to.deep.equal([]);
  });

  it("knows every value", () => {
    const unknown = checked.flatMap(({ findings }) => findings.filter(({ status }) => status === "unknown"));
    expect(unknown).to.deep.equal([]);
  });

  it("flags an API key alone in prod", () => {
    const { findings } = checked.find(({ name }) => name === "prod: apiKey")!;
    expect(findings.filter(isViolation).map(({ rule }) => rule)).to.deep.equal(["api-key-is-never-alone"]);
  });

  it("flags an HTTP API that a setting opens to anyone", async () => {
    const graph = await evaluate({ stack: "dev", set: { httpApi: true, httpApiAuth: "openToAnyone" } });
    const findings = checkGraph(graph, { today }).filter(isViolation);
    expect(findings.map(({ rule, about }) => `${rule}: ${about}`)).to.include(
      "route-requires-authorization: POST /models",
    );
  });

  it("applies every rule to something, but for what the program does not have", () => {
    const never = pack.map(({ name }) => name).filter((name) => !applied.has(name));
    expect(never.sort(), "`awaited` says what the program does not have").to.deep.equal([...awaited].sort());
  });

  it("has no reviewed type that the program never creates", () => {
    const created = new Set(checked.flatMap(({ graph }) => graph.resources.map(({ type }) => type)));
    const reviewed = Object.keys(resourceTypes).filter((type) => resourceTypes[type]!.reviewed !== undefined);
    expect(reviewed.filter((type) => !created.has(type))).to.deep.equal([]);
    expect(reviewed.length).to.be.greaterThan(60);
  });

  it("needs every exception", () => {
    const idle = readExceptions().filter(
      (exception) =>
        !checked.some(({ stack, findings }) => findings.some((finding) => covers(exception, finding, stack))),
    );
    expect(idle).to.deep.equal([]);
  });

  it("says which exceptions are to be reviewed by now", () => {
    const due = readExceptions().filter((exception) => isExpired(exception, new Date()));
    for (const { rule, resource, review } of due) {
      process.emitWarning(`policy/exceptions.yaml: ${rule} on ${resource} was to be reviewed by ${review}`);
    }
    expect(readExceptions().filter((exception) => isExpired(exception, today))).to.deep.equal([]);
  });
});
