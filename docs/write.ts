// `npm run docs`: generates docs/policy.md, and the tables in other documents, from the files that they describe. The tests
// fail if one is stale.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../graph/evaluate";
import { parseOptions } from "../graph/options";
import { exampleSettings, readProject, readStack } from "../graph/project";
import { documentFile, policyDocument } from "../policy/docs";

const usage = `npm run docs -- [options]

  -h, --help         print this

Writes docs/policy.md and the table of settings in README.md anew.`;

/** A generated table between `<!-- name -->` and `<!-- /name -->` in a document. */
export interface Table {
  /** Path from the project's root. */
  readonly document: string;
  readonly name: string;
  /** The whole table as Markdown, without a line break at the end. */
  rows(): string;
}

export const tables: readonly Table[] = [{ document: "README.md", name: "settings", rows: settingsTable }];

/** Every setting with its type, default, value in each stack, and description. */
function settingsTable(): string {
  const [dev, prod] = [readStack(projectRoot, "dev"), readStack(projectRoot, "prod")];
  const examples = exampleSettings(projectRoot);
  const shown = (value: unknown) =>
    value === undefined || value === "" ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
  const rows = Object.entries(readProject(projectRoot).config).map(([key, { type, description, default: value }]) => {
    const account = key in examples ? "account" : "";
    return `| \`${key}\` | ${type} | ${account || shown(value)} | ${shown(dev[key])} | ${shown(prod[key])} | ${description.replaceAll("|", "\\|")} |`;
  });
  return [
    "| setting | type | default | dev | prod | what it is |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** The document's text with the table replaced by its current content. @throws Error if the markers are missing */
export function withTable(text: string, { document, name, rows }: Table): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`${document} has no place for the table: ${open} … ${close}`);
  return `${text.slice(0, from + open.length)}\n${rows()}\n${text.slice(to)}`;
}

function main(): void {
  if (parseOptions(process.argv.slice(2), {}).help) return void process.stdout.write(`${usage}\n`);
  for (const table of tables) {
    const file = join(projectRoot, table.document);
    writeFileSync(file, withTable(readFileSync(file, "utf8"), table));
  }
  writeFileSync(documentFile, policyDocument());
}

if (process.argv[1] === __filename) {
  try {
    main();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
