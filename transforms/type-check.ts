// Checks the types of transforms wherever they lie, with the project's compiler and options.

import { join } from "node:path";
import ts from "typescript";
import { projectRoot } from "../graph/evaluate";

/** @returns the errors as tsc prints them; empty if there are none */
export function typeErrors(files: readonly string[]): string {
  const config = ts.readConfigFile(join(projectRoot, "tsconfig.json"), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, files: [], include: [] }, ts.sys, projectRoot);
  const program = ts.createProgram([...files, join(__dirname, "bundled-files.d.ts")], {
    ...options,
    types: ["node"],
    typeRoots: [join(projectRoot, "node_modules/@types")],
    // A folder of models elsewhere has the project's packages, too.
    baseUrl: projectRoot,
    paths: { "*": ["node_modules/*", "node_modules/@types/*"] },
  });
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => projectRoot,
    getNewLine: () => "\n",
  });
}
