// The tables of the simulated providers against the real packages: a type or property that does not exist there would
// stand in a table for nothing.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { evaluate, projectRoot } from "../../../graph/evaluate";
import { named } from "./naming";
import { documentation, replaces, resourceTypes } from "../../../graph/resource-types";

/** Names of the arguments that the package's own declarations give for a type. */
function argumentsOf(type: string): string[] {
  const [packageName, module] = type.split(":") as [string, string];
  const file = join(projectRoot, "node_modules/@pulumi", packageName, module.replace(/^index\//, ""));
  expect(readFileSync(`${file}.js`, "utf8"), type).to.contain(`'${type}'`);
  const [, declared = ""] = /export interface \w+Args \{([^]*)/.exec(readFileSync(`${file}.d.ts`, "utf8")) ?? [];
  return [...declared.matchAll(/^ {4}(\w+)\??:/gm)].map(([, name]) => name!);
}

/** Types of providers; components have no arguments that a provider could change. */
const provided = /^(aws|gcp|auth0):/;

/** Types by the module that brings them. */
type Lists = Readonly<Record<string, readonly string[]>>;

describe("the tables of the simulated providers", () => {
  for (const [type, { replaceOnChanges }] of Object.entries(resourceTypes)) {
    if (!provided.test(type)) continue;
    it(`name properties of ${type} that replace it`, () => {
      expect(argumentsOf(type)).to.include.members([...replaceOnChanges]);
    });
  }

  it("have a row for every type that a module brings", () => {
    const { dev, prod, together, endpoints } = JSON.parse(
      readFileSync(join(projectRoot, "test/infra/resource-types.json"), "utf8"),
    ) as { dev: Lists; prod: Lists; together: { adds: string[] }[]; endpoints: Record<string, string[]> };
    const ofModules = [...Object.values(dev), ...Object.values(prod), ...together.map(({ adds }) => adds)];
    const lists = [...ofModules, ...Object.values(endpoints)];
    const types = new Set(lists.flat().filter((type) => provided.test(type)));
    expect(types.size).to.be.greaterThan(60);
    expect([...types].filter((type) => !(type in resourceTypes))).to.deep.equal([]);
  });

  it("name every type of the program whose name a provider gives where the program does not", async () => {
    const endpoints = [{ model: "zipmap", instanceType: "ml.m5.large", maxInstances: 2 }];
    const models = { modelsFolder: "test/fixtures/models", defaultModel: "add", endpoints };
    const graph = await evaluate({ stack: "prod", set: { ...models, trainingSchedule: "rate(1 day)" } });
    const missing = graph.resources.filter(({ type, inputs }) => {
      if (!provided.test(type) || type in named || inputs.name !== undefined) return false;
      return argumentsOf(type).includes("name");
    });
    expect(missing.map(({ type, name }) => `${type} ${name}`)).to.deep.equal([]);
  });

  for (const [type, { property }] of Object.entries(named)) {
    it(`name the property that names ${type}`, () => {
      expect(argumentsOf(type)).to.include(property);
    });
  }

  it("replace by the top-level property, at any depth", () => {
    expect(replaces("aws:apigateway/deployment:Deployment", "triggers.api")).to.equal(true);
    expect(replaces("aws:apigateway/deployment:Deployment", "description")).to.equal(false);
    expect(replaces("aws:unknown/thing:Thing", "name")).to.equal(false);
  });

  it("cite the page of the registry", () => {
    expect(documentation("aws:lambda/layerVersion:LayerVersion")).to.equal(
      "https://www.pulumi.com/registry/packages/aws/api-docs/lambda/layerversion/",
    );
    expect(documentation("auth0:index/clientGrant:ClientGrant")).to.equal(
      "https://www.pulumi.com/registry/packages/auth0/api-docs/clientgrant/",
    );
  });
});
