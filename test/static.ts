// Checks the sources without running them: types, as tsc does, and lint. One process, because the rules need the same type
// information, whose loading takes longer than either check. The last line is the tally as JSON, for run.ts.

import { ESLint } from "eslint";
import ts from "typescript";
import { projectRoot } from "../graph/evaluate";

/** @returns the errors of types as tsc prints them, and the program whose types the lint rules read */
function checkTypes(): { program: ts.Program; errors: string } {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
  const config = ts.getParsedCommandLineOfConfigFile(`${projectRoot}/tsconfig.json`, {}, host)!;
  const program = ts.createProgram(config.fileNames, config.options);
  const found = [...config.errors, ...ts.getPreEmitDiagnostics(program)];
  const format = { getCanonicalFileName: String, getCurrentDirectory: () => projectRoot, getNewLine: () => "\n" };
  return { program, errors: ts.formatDiagnostics(found, format) };
}

function fail(diagnostic: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
}

/** @returns what eslint prints: errors and warnings, which count alike */
async function lint(program: ts.Program): Promise<string> {
  const withTypes = { files: ["**/*.ts"], languageOptions: { parserOptions: { programs: [program] } } };
  const eslint = new ESLint({ cwd: projectRoot, overrideConfig: [withTypes] });
  return (await eslint.loadFormatter("stylish")).format(await eslint.lintFiles(["."]));
}

async function main(): Promise<void> {
  const { program, errors } = checkTypes();
  const complaints = await lint(program);
  process.stdout.write(errors + complaints);
  const failed = [errors, complaints].filter((text) => text !== "").length;
  process.stdout.write(`\n${JSON.stringify({ passed: 2 - failed, failed, skipped: 0 })}\n`);
}

void main();
