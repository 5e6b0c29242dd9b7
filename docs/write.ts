// `npm run docs`: generates docs/policy.md, the pictures of the stacks, and the tables in other documents, from the files that they describe. The tests
// fail if one is stale.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate, projectRoot } from "../graph/evaluate";
import { parseOptions } from "../graph/options";
import { exampleSettings, readProject, readStack } from "../graph/project";
import { budgets } from "../bench/budgets";
import { type Measured, shown } from "../bench/run";
import { conformanceDocument, documentFile as conformanceFile } from "../conformance/document";
import { comparisonTable, planTable } from "../costs/comparison";
import { pictureOf } from "../picture/from-graph";
import { svgOf } from "../picture/svg";
import { documentFile, policyDocument } from "../policy/docs";

const usage = `npm run docs -- [options]

  -h, --help         print this

Writes docs/policy.md, docs/conformance.md, docs/architecture-dev.svg and docs/architecture-prod.svg, and the tables of README, docs/bench.md, docs/settings.md and docs/endpoints.md anew.`;

/** A generated table between `<!-- name -->` and `<!-- /name -->` in a document. */
export interface Table {
  /** Path from the project's root. */
  readonly document: string;
  readonly name: string;
  /** The whole table as Markdown, without a line break at the end. */
  rows(): string;
}

export const tables: readonly Table[] = [
  {
    ...{ document: "README.md", name: "bench" },
    rows: () => benchTable(["http-function", "rows-narrow", "token-jsonwebtoken", "preview-wall"]),
  },
  { document: "docs/bench.md", name: "bench", rows: () => benchTable() },
  { document: "docs/settings.md", name: "settings", rows: settingsTable },
  { document: "docs/endpoints.md", name: "costs", rows: comparisonTable },
  { document: "docs/endpoints.md", name: "plans", rows: planTable },
];

/** The stacks of which the docs have a picture, and its file. */
export const pictures = ["dev", "prod"].map((stack) => ({
  stack,
  file: join(projectRoot, `docs/architecture-${stack}.svg`),
}));

/** A stack's picture as SVG, with example values for the settings of its account. */
export async function pictureDocument(stack: string): Promise<string> {
  return svgOf(pictureOf(await evaluate({ stack })));
}

/** Rows of the last `npm run bench -- --write`, all of them or those with these ids. */
function benchTable(ids?: readonly string[]): string {
  const { on, rows } = JSON.parse(readFileSync(join(projectRoot, "docs/bench.json"), "utf8")) as Measured;
  const missing = ids?.find((name) => !rows.some(({ id }) => id === name));
  if (missing !== undefined) throw new Error(`docs/bench.json has no row ${missing}: npm run bench -- --write`);
  const found = rows
    .filter(({ id }) => ids === undefined || ids.includes(id))
    .map(({ id, what, unit, median, low, high }) => {
      const cells = [what, `${shown(median)} ${unit}`, low === high ? "" : `${shown(low)} to ${shown(high)}`];
      return `| ${[...cells, ...(ids === undefined ? [budgets[id] ?? ""] : [])].join(" | ")} |`;
    });
  const header = [`on ${on}`, "median", "half of the turns", ...(ids === undefined ? ["budget"] : [])];
  return [`| ${header.join(" | ")} |`, `|${" --- |".repeat(header.length)}`, ...found].join("\n");
}

/** Every setting with its type, default, value in each stack, and description: a table for each group of Pulumi.yaml. */
function settingsTable(): string {
  const [dev, prod] = [readStack(projectRoot, "dev"), readStack(projectRoot, "prod")];
  const examples = exampleSettings(projectRoot);
  const shown = (value: unknown) =>
    value === undefined || value === "" ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
  const titles = groupTitles(readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8"));
  const header = ["| setting | type | default | dev | prod | what it is |", "| --- | --- | --- | --- | --- | --- |"];
  return Object.entries(readProject(projectRoot).config)
    .flatMap(([key, { type, description, default: value }]) => {
      const title = titles.get(key);
      const account = key in examples ? "account" : "";
      return [
        ...(title === undefined ? [] : ["", `### ${title}`, "", ...header]),
        `| \`${key}\` | ${type} | ${account || shown(value)} | ${shown(dev[key])} | ${shown(prod[key])} | ${description.replaceAll("|", "\\|")} |`,
      ];
    })
    .join("\n");
}

/**
 * Titles of the groups of settings, by the first setting of each: the comment above it in Pulumi.yaml.
 * @throws Error if the first setting of all has no title
 */
function groupTitles(text: string): Map<string, string> {
  const found = [...text.matchAll(/^ {2}# (.+)\n {2}(\w+):$/gm)].map(([, title, key]) => [key!, title!] as const);
  const titles = new Map(found);
  const first = Object.keys(readProject(projectRoot).config)[0]!;
  if (!titles.has(first))
    throw new Error(`Pulumi.yaml: the setting ${first} needs a comment above it, the title of its group`);
  return titles;
}

/** The document's text with the table replaced by its current content. @throws Error if the markers are missing */
export function withTable(text: string, { document, name, rows }: Table): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`${document} has no place for the table: ${open} … ${close}`);
  return `${text.slice(0, from + open.length)}\n${rows()}\n${text.slice(to)}`;
}

async function main(): Promise<void> {
  if (parseOptions(process.argv.slice(2), {}).help) return void process.stdout.write(`${usage}\n`);
  for (const table of tables) {
    const file = join(projectRoot, table.document);
    writeFileSync(file, withTable(readFileSync(file, "utf8"), table));
  }
  writeFileSync(documentFile, policyDocument());
  writeFileSync(conformanceFile, conformanceDocument());
  for (const { stack, file } of pictures) writeFileSync(file, await pictureDocument(stack));
}

if (process.argv[1] === __filename)
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
