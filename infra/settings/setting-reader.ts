// Reads the settings, and collects what is wrong with them: all errors are reported at once, each with its cure.

import * as pulumi from "@pulumi/pulumi";
import { runtime } from "@pulumi/pulumi";
import { userError } from "../base/user-error";

/** Reads one value at a time. An invalid value reads as a harmless one until `throwFaults` reports the errors. */
export class SettingReader {
  private readonly errors: string[] = [];

  constructor(private readonly config: pulumi.Config) {}

  /**
   * Adds an error.
   * @param what what is wrong, without the value itself
   * @param cure the command that cures it
   */
  error(key: string, what: string, cure: string): void {
    this.errors.push(`${key}: ${what}: ${cure}`);
  }

  boolean(key: string): boolean {
    const value = this.raw(key, "false");
    if (value !== "true" && value !== "false") this.error(key, "is neither true nor false", setCommand(key, "true"));
    return value === "true";
  }

  integer(key: string, least: number, most: number): number {
    const value = this.raw(key, String(least));
    const number = Number(value);
    if (/^-?\d+$/.test(value) && number >= least && number <= most) return number;
    const closest = Number.isNaN(number) ? least : Math.min(most, Math.max(least, Math.round(number)));
    this.error(key, `is not a whole number from ${least} to ${most}`, setCommand(key, String(closest)));
    return least;
  }

  choice<T extends string>(key: string, choices: readonly T[]): T {
    const value = this.raw(key, choices[0]!);
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) this.error(key, `is not one of ${choices.join(", ")}`, setCommand(key, choices[0]!));
    return chosen ?? choices[0]!;
  }

  text(key: string, pattern: RegExp, what: string, example: string): string {
    const value = this.raw(key, "");
    if (!pattern.test(value)) this.error(key, `is not ${what}`, setCommand(key, example));
    return value;
  }

  /** Like `text`, but empty is allowed: the setting is not used. */
  optional(key: string, pattern: RegExp, what: string, example: string): string {
    const value = this.raw(key, "");
    if (value !== "" && !pattern.test(value)) this.error(key, `is not ${what}`, setCommand(key, example));
    return value;
  }

  /** One of a set of values that is too large to list in an error. */
  oneOf(key: string, known: readonly string[], what: string, example: string): string {
    const value = this.raw(key, example);
    if (!known.includes(value)) this.error(key, `is not ${what}`, setCommand(key, example));
    return value;
  }

  /** A list of strings, given as JSON. */
  list(key: string, pattern: Pick<RegExp, "test">, what: string, example: string): readonly string[] {
    const texts = listOf(this.raw(key, "[]"));
    const wrong = texts === undefined ? 0 : texts.findIndex((text) => !pattern.test(text));
    if (texts !== undefined && wrong < 0) return texts;
    const at = `${key}[${wrong}]`;
    if (texts === undefined) this.error(key, `is not a list in which each entry is ${what}`, setPath(at, example));
    else this.error(at, `is not ${what}`, setPath(at, example));
    return [];
  }

  /** A list of objects, given as JSON. @param example a field of one and its value, `name=acme` */
  objects(key: string, example: string): readonly Readonly<Record<string, unknown>>[] {
    const objects = objectsOf(this.raw(key, "[]"));
    if (objects !== undefined) return objects;
    const [field, value] = example.split("=");
    this.error(key, "is not a list of objects", setPath(`${key}[0].${field}`, value!));
    return [];
  }

  /** An object, given as JSON. @param example a field of it and its value, `owner=team` */
  object(key: string, example: string): Readonly<Record<string, unknown>> {
    const [found] = objectsOf(`[${this.raw(key, "{}")}]`) ?? [];
    if (found !== undefined) return found;
    const [field, value] = example.split("=");
    this.error(key, "is not an object", `pulumi config rm ${key} && ${setPath(`${key}.${field}`, value!)}`);
    return {};
  }

  /** Adds an error that the given value cures. */
  invalid(key: string, what: string, value: string): void {
    this.error(key, what, setCommand(key, value));
  }

  /** Adds an error if a setting that has no default, because it depends on the account, is missing. */
  require(key: string, example: string, why: string): void {
    if (this.raw(key, "") === "") this.error(key, `is not set (${why})`, setCommand(key, `"${example}"`));
  }

  /** Adds an error for each unknown setting: a misspelt one would be silently ignored, and its protection missing. */
  rejectUnknown(known: readonly string[]): void {
    const prefix = `${this.config.name}:`;
    for (const key of Object.keys(runtime.allConfig())) {
      const name = key.slice(prefix.length);
      if (!key.startsWith(prefix) || known.includes(name)) continue;
      const near = nearest(name, known);
      this.error(name, `is not a setting${near ? `; did you mean ${near}?` : ""}`, `pulumi config rm ${name}`);
    }
  }

  /** @throws pulumi.RunError with one line for each error, if there is any */
  throwErrors(): void {
    if (this.errors.length === 0) return;
    const count = this.errors.length === 1 ? "1 fault" : `${this.errors.length} faults`;
    throw userError(`${count} in the settings of stack ${pulumi.getStack()}\n  ${this.errors.join("\n  ")}`);
  }

  private raw(key: string, fallback: string): string {
    return this.config.get(key) ?? fallback;
  }
}

/** The strings of a JSON array; `undefined` for anything else. */
function listOf(json: string): string[] | undefined {
  const list = arrayOf(json);
  return list?.every((text) => typeof text === "string") ? (list as string[]) : undefined;
}

/** The objects of a JSON array; `undefined` for anything else. */
function objectsOf(json: string): Record<string, unknown>[] | undefined {
  const list = arrayOf(json);
  const isObject = (item: unknown) => typeof item === "object" && item !== null && !Array.isArray(item);
  return list?.every(isObject) ? (list as Record<string, unknown>[]) : undefined;
}

function arrayOf(json: string): unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

/** The command that sets a setting or, if `key` begins with `--path`, a part of one. */
export function setCommand(key: string, value: string): string {
  return `pulumi config set ${soundsSecret.test(key) ? "--plaintext " : ""}${key} ${value}`;
}

/** The command that sets what lies within a setting. @param path `clients[0].name` */
export const setPath = (path: string, value: string): string => setCommand(`--path '${path}'`, value);

/** For keys like these, the CLI refuses a value that looks random unless it is told that the value is no secret. */
const soundsSecret = /pass|pwd|secret|token/i;

/** The known name that a misspelt one may stand for. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  return known.find((other) => distance(name.toLowerCase(), other.toLowerCase()) <= 2);
}

/** Levenshtein distance of two names. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
