// The command line options shared by all commands that work on a stack: its name, and settings that override its own.

import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { parseDocument } from "yaml";

export interface StackOptions {
  readonly stack: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** The options as `parseArgs` takes them. */
export const stackOptionTypes = {
  stack: { type: "string", default: "dev" },
  set: { type: "string", multiple: true },
} satisfies ParseArgsOptionsConfig;

/** A mistake in the command line. Commands show only the message, without a stack trace. */
export class UsageError extends Error {}

/**
 * Parses `--set key=value` pairs. A value that starts with `[` or `{` is parsed as YAML; any other is text.
 * @throws UsageError for a pair without a key and `=`, and for invalid YAML
 */
export function readSet(pairs: readonly string[] = []): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`--set ${pair}: write it as --set key=value`);
      const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
      return [key, /^\s*[[{]/.test(value) ? structure(key, value) : value];
    }),
  );
}

/**
 * Replaces the parser's messages, warnings too: they quote the value, which may be a secret. What the parser warns of,
 * such as an unknown tag, would get lost, and is refused.
 */
function structure(key: string, value: string): unknown {
  const refuse = (): never => {
    throw new UsageError(`--set ${key}: its value is not a YAML list or mapping, such as [a, b] or {a: b}`);
  };
  const document = parseDocument(value, { logLevel: "error" });
  if (document.errors.length > 0 || document.warnings.length > 0) return refuse();
  try {
    return document.toJS();
  } catch {
    return refuse();
  }
}

/** Every command has `--help`; the command itself must print its usage if `help` is true. */
const helpOption = { help: { type: "boolean", short: "h", default: false } } as const satisfies ParseArgsOptionsConfig;

/** Parses a command line with these options and `--help`. @throws UsageError naming the argument */
export function parseOptions<T extends ParseArgsOptionsConfig>(args: string[], options: T) {
  try {
    return parseArgs({ args, options: { ...options, ...helpOption }, allowPositionals: false, strict: true }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/**
 * Folder in which a command was typed: npm runs scripts in the project's folder and passes it in INIT_CWD. Inside another script, that is not
 * about this command.
 * @param script the command's name in package.json
 */
export function folderTypedIn(script: string): string {
  return process.env["npm_lifecycle_event"] === script ? (process.env["INIT_CWD"] ?? ".") : ".";
}
