import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { conformanceDocument, countOf, documentFile as conformanceFile } from "../conformance/document";
import { pictureDocument, pictures, tables, withTable } from "../docs/write";
import { evaluate, projectRoot } from "../graph/evaluate";

const readme = readFileSync(join(projectRoot, "README.md"), "utf8");
/** The documents that people write: README, CONTRIBUTING and those directly in docs. */
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(projectRoot, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** The anchors of a document's headings, as GitHub makes them. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

describe("The documentation", () => {
  for (const table of tables) {
    it(`has a current table of ${table.name} in ${table.document} (write it with: npm run docs)`, () => {
      const text = readFileSync(join(projectRoot, table.document), "utf8");
      expect(withTable(text, table)).to.equal(text);
    });
  }

  it("has a current page of conformance (write it with: npm run docs), and README its numbers", () => {
    expect(readFileSync(conformanceFile, "utf8")).to.equal(conformanceDocument());
    const { cases, equal } = countOf();
    expect(readme).to.include(`${equal} of ${cases} answers`);
  });

  for (const { stack, file } of pictures)
    it(`has a current picture of ${stack} (write it with: npm run docs), which README shows`, async () => {
      expect(readFileSync(file, "utf8")).to.equal(await pictureDocument(stack));
      expect(readme).to.include(`](docs/architecture-${stack}.svg)`);
    });

  it("names every output of every authorization", async () => {
    const settings = readFileSync(join(projectRoot, "docs/settings.md"), "utf8");
    for (const apiGatewayAuth of ["apiKey", "iam", "cognito", "lambda"]) {
      const { outputs } = await evaluate({ stack: "prod", set: { apiGatewayAuth } });
      for (const name of Object.keys(outputs)) expect(settings, name).to.include(`\`${name}\``);
    }
  });

  it("begins with a README of at most 150 lines", () => {
    expect(readme.trimEnd().split("\n").length).to.be.at.most(150);
  });

  it("links only to files and headings that exist", () => {
    for (const document of documents) {
      const text = readFileSync(join(projectRoot, document), "utf8");
      for (const [, target, heading] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)) {
        const file = target === "" ? join(projectRoot, document) : join(projectRoot, dirname(document), target!);
        expect(existsSync(file), `${document}: ${target!}`).to.equal(true);
        if (heading !== undefined)
          expect(anchors(readFileSync(file, "utf8")), `${document}: #${heading}`).to.include(heading);
      }
    }
  });

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { scripts: object };
    for (const document of documents) {
      const text = readFileSync(join(projectRoot, document), "utf8");
      for (const [, name] of text.matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g))
        expect(scripts, document).to.have.property(name!);
    }
  });
});
