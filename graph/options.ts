// Options that every command about a stack takes: which stack, and settings that override its own.

import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { parse } from "yaml";

export interface StackOptions {
  readonly stack: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** `parseArgs` options of these two. */
export const stackOptionTypes = {
  stack: { type: "string", default: "dev" },
  set: { type: "string", multiple: true },
} satisfies ParseArgsOptionsConfig;

/** A mistake in the command line: its message is all that is shown. */
export class UsageError extends Error {}

/**
 * Reads `--set key=value` pairs. A value that is a YAML array or mapping (`[a, b]`, `{…}`) is one; all else is text.
 * @throws UsageError for a pair without `=`, and for an array or mapping that does not end.
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

/** The parser's own words would quote the value, which may be a secret's. */
function structure(key: string, value: string): unknown {
  try {
    return parse(value);
  } catch {
    throw new UsageError(`--set ${key}: its value is not a YAML list or mapping, such as [a, b] or {a: b}`);
  }
}

/** Every command explains itself; it has to print what it takes where `help` is true. */
const helpOption = { help: { type: "boolean", short: "h", default: false } } as const satisfies ParseArgsOptionsConfig;

/** Parses a command line with these options, and `--help`. @throws UsageError naming the argument. */
export function parseOptions<T extends ParseArgsOptionsConfig>(args: string[], options: T) {
  try {
    return parseArgs({ args, options: { ...options, ...helpOption }, allowPositionals: false, strict: true }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
