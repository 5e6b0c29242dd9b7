import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { expect } from "chai";
import ts from "typescript";

const root = resolve(__dirname, "..");

/** What a folder of the project, or a file beside them, may import besides itself. Every folder must stand here. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  "contract.ts": [],
  // How the functions' code is bundled: for deployment, and for a debugger of the local run.
  "bundling.ts": [],
  // What is in a model's file: the other thing that infrastructure and functions both know.
  onnx: ["contract.ts"],
  "index.ts": ["infra"],
  infra: ["bundling.ts", "contract.ts", "onnx"],
  lambda: ["contract.ts", "onnx"],
  // Computes a model as the function does, in the place of a SageMaker endpoint's container.
  engine: ["lambda"],
  graph: ["contract.ts"],
  policy: ["graph", "contract.ts"],
  // Shares no code with the gateway that it judges.
  "access-matrix": ["graph", "contract.ts"],
  // What the matrix reads of an API, and what a model's file says of itself, as a document.
  openapi: ["graph", "access-matrix", "onnx", "model", "contract.ts"],
  preview: ["graph", "access-matrix", "policy"],
  // Loads a model to judge it; what it loads is what the graph deploys.
  model: ["graph", "onnx", "lambda", "contract.ts"],
  bootstrap: ["graph"],
  doctor: ["graph", "model"],
  drift: ["graph"],
  // Its command serves the console beside the run.
  local: ["graph", "model", "onnx", "engine", "transforms", "console", "bundling.ts", "contract.ts"],
  // Calls what stands, by the matrix; of the local run it takes the certificates and what a run says about itself, not the gateway.
  verify: ["graph", "access-matrix", "doctor", "local", "contract.ts"],
  // Shows a local run in a browser, and makes its calls: by the matrix, as `verify` does.
  console: ["graph", "access-matrix", "policy", "local", "verify", "contract.ts"],
  // Measures what the tests serve, by the same fixtures.
  bench: ["graph", "onnx", "lambda", "local", "console", "test", "contract.ts"],
  conformance: ["graph"],
  docs: ["graph", "policy", "conformance", "costs", "bench"],
  // Arithmetic on prices: what it compares is in no stack.
  costs: ["graph"],
  transforms: ["graph", "onnx"],
};

/**
 * The folders within a folder, from the lowest up: each may import those before it, and itself. Files directly in the
 * folder stand above all of them. Folders in one line do not import each other.
 */
const layers: Readonly<Record<string, readonly string[]>> = {
  infra: [
    "base",
    "settings",
    "function",
    "api/documents api/domains api/clients",
    "api/authorizers api/rest api/http",
    "training/pipeline",
    "api endpoint secrets network firewall monitoring training/publication",
    "training",
  ],
  lambda: [
    "core/failure.ts core/threads.ts",
    "core/tensor core/token core/rotation",
    "core/publish",
    "core/protocol",
    "core/transform core/endpoint",
    "edge",
  ],
  local: [
    "base",
    "certificates server issuer",
    "iam",
    "iam/sigv4",
    "functions/runtime",
    "functions/code functions/environments functions/node",
    "functions",
    "gateway/request",
    "gateway/integration gateway/firewall gateway/usage gateway/responses gateway/auth",
    "gateway/auth/lambda gateway/auth/jwt",
    "gateway/rest gateway/http-api",
    "gateway/coverage",
    "gateway",
    "aws metrics tracing",
    "endpoints",
    "training/definition",
    "training/aws",
    "training/jobs",
    "training/publishing",
    "training",
    "credentials",
    "run",
    "commands",
  ],
  graph: ["types"],
  policy: ["queries", "rules"],
  preview: ["version", "compare"],
};

/** Packages that must not come near the functions: their archive would grow, and their start slow down. */
const deployment = /^(@pulumi\/|esbuild|yaml|typescript)/;

/** Largest number of files side by side in a folder. */
const mostFiles = 25;

/** Files that git keeps or would keep: the tree itself says which folders there are. Without a repository, as `pulumi new` leaves the folder, all but what the project itself makes. */
const tree = existsSync(join(root, ".git"))
  ? execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" })
      .split("\n")
      .filter((file) => existsSync(join(root, file)) && file !== "")
  : filesBelow("");

/** Paths from the project's root. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return ["node_modules", ".local"].includes(entry.name) ? [] : filesBelow(path);
  });
}
/** Code around a model is no part of the program: each is bundled by itself, and imports its own folder alone. */
const ofModels = /^(models|examples)\//;
const files = tree.filter((file) => /\.tsx?$/.test(file) && !file.startsWith("test/") && !ofModels.test(file));

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

const imports = new Map(files.map((file) => [file, importsOf(file)]));

/** The folder, or the file beside the folders, to which a file belongs. */
function topOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : file;
}

/**
 * The layer of a file within its folder: the longest prefix that is listed. Files directly in the folder are the top.
 * @returns its index and the prefix; `undefined` if no line covers the file
 */
function layerOf(file: string): { index: number; group: string } | undefined {
  const top = topOf(file);
  const lines = layers[top]!;
  const inner = file.slice(top.length + 1);
  if (!inner.includes("/")) return { index: lines.length, group: "" };
  let found: { index: number; group: string } | undefined;
  for (const [index, line] of lines.entries())
    for (const group of line.split(" "))
      if ((inner === group || inner.startsWith(`${group}/`)) && group.length > (found?.group.length ?? 0))
        found = { index, group };
  return found;
}

/** Circles among nodes, each as a text, found by depth-first search. */
function circles(nodes: Iterable<string>, next: (node: string) => Iterable<string>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) found.push([...path.slice(path.indexOf(node)), node].join(" → "));
    if (path.includes(node) || done.has(node)) return;
    for (const target of next(node)) visit(target, [...path, node]);
    done.add(node);
  };
  for (const node of nodes) visit(node, []);
  return found;
}

describe("Imports", () => {
  it("have a law for every folder and file of the program, taken from the tree", () => {
    expect([...new Set(files.map(topOf))].sort()).to.deep.equal(Object.keys(arrows).sort());
  });

  it("have a layer for every file of a folder that has layers", () => {
    const uncovered = files.filter((file) => topOf(file) in layers && layerOf(file) === undefined);
    expect(uncovered).to.deep.equal([]);
    for (const [top, lines] of Object.entries(layers))
      for (const group of lines.flatMap((line) => line.split(" ")))
        expect(
          files.some((file) => file === `${top}/${group}` || file.startsWith(`${top}/${group}/`)),
          `${top}/${group} is empty`,
        ).to.equal(true);
  });

  it("never turn: each folder imports only what stands below it", () => {
    const wrong = files.flatMap((file) =>
      imports
        .get(file)!
        .files.filter((target) => topOf(target) !== topOf(file) && !arrows[topOf(file)]!.includes(topOf(target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it("never turn within a folder: a layer imports only the layers below it", () => {
    const wrong = files
      .filter((file) => topOf(file) in layers)
      .flatMap((file) => {
        const from = layerOf(file)!;
        return imports.get(file)!.files.flatMap((target) => {
          if (topOf(target) !== topOf(file)) return [];
          const to = layerOf(target)!;
          return to.index < from.index || to.group === from.group ? [] : [`${file} → ${target}`];
        });
      });
    expect(wrong).to.deep.equal([]);
  });

  it("make no circle of files", () => {
    expect(circles(files, (file) => imports.get(file)?.files ?? [])).to.deep.equal([]);
  });

  it("make no circle of folders", () => {
    const folderOf = (file: string): string => (file.includes("/") ? dirname(file) : file);
    const folders = new Map<string, Set<string>>();
    for (const [file, { files: targets }] of imports) {
      const from = folderOf(file);
      const to = folders.get(from) ?? new Set();
      for (const target of targets) if (folderOf(target) !== from) to.add(folderOf(target));
      folders.set(from, to);
    }
    expect(circles(folders.keys(), (folder) => folders.get(folder) ?? [])).to.deep.equal([]);
  });

  it("bring nothing of the deployment into the functions", () => {
    const wrong = files
      .filter((file) => file.startsWith("lambda/"))
      .flatMap((file) =>
        imports
          .get(file)!
          .packages.filter((name) => deployment.test(name))
          .map((name) => `${file} → ${name}`),
      );
    expect(wrong).to.deep.equal([]);
  });
});

describe("Folders", () => {
  it(`hold at most ${mostFiles} files side by side`, () => {
    const sizes = new Map<string, number>();
    for (const file of tree) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
    expect([...sizes].filter(([folder, size]) => folder !== "." && size > mostFiles)).to.deep.equal([]);
  });

  it("leave no file that says nothing by its name", () => {
    const vague = files.filter((file) => /^(utils?|helpers?|types|constants|common|misc)\.ts$/.test(basename(file)));
    expect(vague).to.deep.equal([]);
  });

  it("give no two files of one side of the house the same name", () => {
    const names = new Map<string, string[]>();
    for (const file of files) {
      const key = `${topOf(file)}: ${basename(file)}`;
      names.set(key, [...(names.get(key) ?? []), file]);
    }
    expect([...names.values()].filter((same) => same.length > 1)).to.deep.equal([]);
  });
});
