// Which test files `npm run test:fast` runs: those that start no process, open no TLS connection and load no model, read from
// what they import, and that do not evaluate the program dozens of times.

import { buildSync, type Metafile } from "esbuild";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

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
  "test/infra/endpoints/combinations.test.ts",
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
  "test/picture",
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

/** Those of the test files that are fast. @param files relative to the project's root */
export function fastOf(files: readonly string[]): string[] {
  // What is still imported when it runs, so not types.
  const { inputs } = buildSync({
    absWorkingDir: root,
    stdin: { contents: files.map((file) => `import "./${file}";`).join("\n"), resolveDir: root },
    bundle: true,
    packages: "external",
    platform: "node",
    write: false,
    metafile: true,
    tsconfigRaw: {},
    logLevel: "silent",
  }).metafile;
  return files.filter((file) =>
    [...closure(file, inputs)].every((each) => {
      if (slow.some((entry) => each === entry || each.startsWith(`${entry}/`))) return false;
      const packages = (inputs[each]?.imports ?? []).filter(({ external }) => external === true);
      return packages.every(({ path }) => !heavy.test(path) && !(each.startsWith("test/") && connecting.test(path)));
    }),
  );
}

/** @throws Error for an entry of `slow` that is gone: it would leave out nothing */
export function checkSlow(): void {
  const gone = slow.filter((entry) => !existsSync(join(root, entry)));
  if (gone.length > 0) throw new Error(`test/fast.ts names what does not exist: ${gone.join(", ")}`);
}

/** A file, and the files of the project that it loads, directly or not. */
function closure(file: string, inputs: Metafile["inputs"], found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const { path, external } of inputs[file]?.imports ?? []) if (external !== true) closure(path, inputs, found);
  return found;
}
