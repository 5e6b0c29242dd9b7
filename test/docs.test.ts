import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { tables, withTable } from "../docs/write";
import { evaluate, projectRoot } from "../graph/evaluate";

const readme = readFileSync(join(projectRoot, "README.md"), "utf8");

describe("The documentation", () => {
  for (const table of tables) {
    it(`has a current table of ${table.name} (write it with: npm run docs)`, () => {
      const text = readFileSync(join(projectRoot, table.document), "utf8");
      expect(withTable(text, table)).to.equal(text);
    });
  }

  it("names every output of every authorization", async () => {
    for (const apiGatewayAuth of ["apiKey", "iam", "cognito", "lambda"]) {
      const { outputs } = await evaluate({ stack: "prod", set: { apiGatewayAuth } });
      for (const name of Object.keys(outputs)) expect(readme, name).to.include(`\`${name}\``);
    }
  });

  it("links only to files that exist", () => {
    for (const document of ["README.md", "docs/runbook.md"].filter((file) => existsSync(join(projectRoot, file)))) {
      const text = readFileSync(join(projectRoot, document), "utf8");
      for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(existsSync(join(projectRoot, dirname(document), target!)), `${document}: ${target!}`).to.equal(true);
      }
    }
  });

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { scripts: object };
    for (const [, name] of readme.matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g))
      expect(scripts).to.have.property(name!);
  });
});
