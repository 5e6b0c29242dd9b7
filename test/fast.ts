// Which test files `npm run test:fast` runs: those that start no process, open no TLS connection and load no model, read from
// what they import, and that do not evaluate the program dozens of times.

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

const root = resolve(__dirname, "..");

/** Files, and folders, that no fast test is or loads. */
const slow = [
  // Listen for TLS connections.
  "local/issuer/issuer.ts",
  "local/server/server.ts",
  // Load by a path that is a variable: the functions with their models, and commands.
  "test/lambda/function.ts",
  "test/run-commands.ts",
  // Evaluate the program dozens of times.
  "test/access-matrix",
  "test/docs.test.ts",
  "test/graph/evaluate.test.ts",
  "test/infra/alarms.test.ts",
  "test/infra/api-gateway.test.ts",
  "test/infra/client-secrets.test.ts",
  "test/infra/clients.test.ts",
  "test/infra/domain-settings.test.ts",
  "test/infra/domains.test.ts",
  "test/infra/firewall.test.ts",
  "test/infra/http-api.test.ts",
  "test/infra/model-service.test.ts",
  "test/infra/network.test.ts",
  "test/infra/partitions.test.ts",
  "test/infra/provider-settings.test.ts",
  "test/infra/roles.test.ts",
  "test/infra/sagemaker.test.ts",
  "test/infra/secrets.test.ts",
  "test/infra/settings.test.ts",
  "test/policy/combinations.test.ts",
  "test/policy/mutations.test.ts",
  "test/policy/switches.test.ts",
  // Makes the compiler's programs, and evaluates dozens of times.
  "test/transforms",
  "test/preview/access.test.ts",
];

/** Packages that start a process or load a model, wherever they are imported. */
const heavy = /^(node:child_process|onnxruntime-node)$/;
/** Packages that a test imports to open a connection; the program's own imports may stay unused. */
const connecting = /^node:(https?|http2|tls)$/;

/** Whether a test file is fast. @param file relative to the project's root */
export function isFast(file: string): boolean {
  return [...closure(join(root, file))].every((path) => {
    const each = relative(root, path);
    if (slow.some((entry) => each === entry || each.startsWith(`${entry}/`))) return false;
    return importsOf(path).every((name) => !heavy.test(name) && !(each.startsWith("test/") && connecting.test(name)));
  });
}

/** @throws Error for an entry of `slow` that is gone: it would leave out nothing */
export function checkSlow(): void {
  const gone = slow.filter((entry) => !existsSync(join(root, entry)));
  if (gone.length > 0) throw new Error(`test/fast.ts names what does not exist: ${gone.join(", ")}`);
}

/** A file, and the files of the project that it loads, directly or not. */
function closure(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const name of importsOf(file)) {
    if (!name.startsWith(".")) continue;
    const path = join(dirname(file), name);
    const loaded = [`${path}.ts`, path].find((each) => existsSync(each) && statSync(each).isFile());
    if (loaded?.endsWith(".ts") === true) closure(loaded, found);
  }
  return found;
}

const imports = new Map<string, string[]>();

/** What a file imports and what is still there when it runs, so not types. */
function importsOf(file: string): string[] {
  const known = imports.get(file);
  if (known !== undefined) return known;
  const options = { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } };
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), options);
  const names = ts.preProcessFile(outputText, true, true).importedFiles.map(({ fileName }) => fileName);
  imports.set(file, names);
  return names;
}
