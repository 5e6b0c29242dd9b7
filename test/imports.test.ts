import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect } from "chai";
import ts from "typescript";

const root = resolve(__dirname, "..");

/** What a folder may import besides itself; the first line that fits a file counts. */
const arrows: readonly (readonly [from: RegExp, to: RegExp])[] = [
  [/^contract\.ts$/, /^$/],
  [/^lambda\/core\//, /^(lambda\/core\/|contract\.ts)/],
  [/^lambda\/edge\//, /^(lambda\/(core|edge)\/|contract\.ts)/],
  [/^lambda\//, /^(lambda\/(core|edge)\/|contract\.ts)/],
  // Building blocks; settings and components stand above them.
  [/^infra\/parts\//, /^(infra\/parts\/|contract\.ts)/],
  // Components never import one another: index.ts hands one's outputs to the next.
  [/^infra\//, /^(infra\/parts\/|infra\/settings\.ts|contract\.ts)/],
  [/^index\.ts$/, /^infra\//],
  [/^graph\//, /^graph\/|^contract\.ts$/],
  [/^policy\//, /^(policy|graph)\/|^contract\.ts$/],
  // Shares no code with the gateway that it judges.
  [/^access-matrix\//, /^(access-matrix|graph)\/|^contract\.ts$/],
  [/^preview\//, /^(preview|graph|access-matrix|policy)\//],
  [/^bootstrap\//, /^(bootstrap|graph)\//],
  [/^doctor\//, /^(doctor|graph)\//],
  [/^local\/gateway\//, /^(local|graph)\/|^contract\.ts/],
  [/^local\//, /^(local|graph)\/|^contract\.ts/],
];

/** Packages that must not come near the functions: their archive would grow, and their start slow down. */
const deployment = /^(@pulumi\/|esbuild|yaml|typescript)/;

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : path.endsWith(".ts") ? [path] : [];
  });
}

/** What a file imports: files of the project by path, packages by name. Types count: a cycle "just for a type" is one. */
function importsOf(file: string): { files: string[]; packages: string[] } {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"), true, true);
  const names = importedFiles.map(({ fileName }) => fileName);
  return {
    files: names
      .filter((name) => name.startsWith("."))
      .map((name) => `${relative(root, resolve(root, dirname(file), name))}${name.endsWith(".json") ? "" : ".ts"}`),
    packages: names.filter((name) => !name.startsWith(".")),
  };
}

const files = [
  "contract.ts",
  "index.ts",
  ...["infra", "lambda", "graph", "local", "policy", "access-matrix", "preview"].flatMap(sources),
];
const graph = new Map(files.map((file) => [file, importsOf(file)]));

describe("imports", () => {
  it("are looked at in every folder", () => {
    for (const folder of ["infra", "lambda", "graph", "local", "policy", "access-matrix", "preview"]) {
      expect(
        files.filter((file) => file.startsWith(`${folder}/`)),
        folder,
      ).not.to.be.empty;
    }
    expect(graph.get("index.ts")?.files).to.include("infra/settings/settings.ts");
  });

  it("never turn: each folder imports only what stands below it", () => {
    const wrong = files.flatMap((file) => {
      const rule = arrows.find(([from]) => from.test(file));
      return graph
        .get(file)!
        .files.filter((target) => rule !== undefined && !rule[1].test(target))
        .map((target) => `${file} → ${target}`);
    });
    expect(wrong).to.deep.equal([]);
  });

  it("make no cycle", () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      if (path.includes(file) || done.has(file)) return;
      for (const target of graph.get(file)?.files ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).to.deep.equal([]);
  });

  it("bring nothing of the deployment into the functions", () => {
    const wrong = files
      .filter((file) => file.startsWith("lambda/"))
      .flatMap((file) =>
        graph
          .get(file)!
          .packages.filter((name) => deployment.test(name))
          .map((name) => `${file} → ${name}`),
      );
    expect(wrong).to.deep.equal([]);
  });

  it("leave no file that says nothing by its name", () => {
    const vague = files.filter((file) => /(^|\/)(utils?|helpers?|types|constants|common|misc)\.ts$/.test(file));
    expect(vague).to.deep.equal([]);
  });
});
