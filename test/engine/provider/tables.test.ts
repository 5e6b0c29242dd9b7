// The tables of the simulated providers against the real packages: a type or property that does not exist there would
// stand in a table for nothing.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../../graph/evaluate";
import { named } from "./naming";
import { documentation, replaces, replacing } from "../../../graph/replacing";

/** Names of the arguments that the package's own declarations give for a type. */
function argumentsOf(type: string): string[] {
  const [packageName, module] = type.split(":") as [string, string];
  const file = join(projectRoot, "node_modules/@pulumi", packageName, module.replace(/^index\//, ""));
  expect(readFileSync(`${file}.js`, "utf8"), type).to.contain(`'${type}'`);
  const [, declared = ""] = /export interface \w+Args \{([^]*)/.exec(readFileSync(`${file}.d.ts`, "utf8")) ?? [];
  return [...declared.matchAll(/^ {4}(\w+)\??:/gm)].map(([, name]) => name!);
}

describe("the tables of the simulated providers", () => {
  for (const [type, properties] of Object.entries(replacing)) {
    it(`name properties of ${type} that replace it`, () => {
      expect(argumentsOf(type)).to.include.members([...properties]);
    });
  }

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
