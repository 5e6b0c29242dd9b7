// Reads Pulumi.yaml (which settings exist), Pulumi.<stack>.yaml (their values) and the example account settings.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A setting as Pulumi.yaml declares it. */
export interface Declaration {
  readonly type: "string" | "boolean" | "integer" | "array" | "object";
  readonly description: string;
  readonly default?: unknown;
}

export interface Project {
  readonly name: string;
  readonly config: Readonly<Record<string, Declaration>>;
}

/** What files held when they were read last: parsing them takes a tenth of an evaluation. */
const parsed = new Map<string, { readonly text: string; readonly value: unknown }>();

function readYaml(file: string): unknown {
  const text = readFileSync(file, "utf8");
  let known = parsed.get(file);
  if (known?.text !== text) parsed.set(file, (known = { text, value: parse(text) as unknown }));
  return known.value;
}

/** Reads Pulumi.yaml; without what is no setting of the project, such as the engine's `pulumi:tags`, which `pulumi new` adds. */
export function readProject(root: string): Project {
  const { name, config } = readYaml(join(root, "Pulumi.yaml")) as Project;
  return { name, config: Object.fromEntries(Object.entries(config).filter(([key]) => !key.includes(":"))) };
}

/** Names of the stacks that have a file. */
export function stackNames(root: string): string[] {
  return readdirSync(root)
    .map((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/**
 * Admits only names of existing stacks, since a name becomes part of paths.
 * @throws Error listing the stacks that exist
 */
export function requireStack(root: string, stack: string): void {
  const names = stackNames(root);
  if (!names.includes(stack)) throw new Error(`no stack "${stack}": the stacks here are ${names.join(", ")}`);
}

/** Settings of a stack's file, by key without the project's prefix. @throws Error if there is no such stack */
export function readStack(root: string, stack: string): Record<string, unknown> {
  requireStack(root, stack);
  const file = join(root, `Pulumi.${stack}.yaml`);
  const config = (readYaml(file) as { config?: Record<string, unknown> } | null)?.config ?? {};
  const prefix = `${readProject(root).name}:`;
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(prefix, ""), value]));
}

/** Documented example values, by key, of settings that depend on an account and are therefore in no stack file. */
export function exampleSettings(root: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(readExamples(root)).map(([key, example]) => [key, valueOf(example)]));
}

/** A value, or a value that is used only if the boolean setting named by `where` is true. */
type Example = string | { readonly value: string; readonly where: string };

function readExamples(root: string): Record<string, Example> {
  return readYaml(join(root, "graph/example-settings.yaml")) as Record<string, Example>;
}

function valueOf(example: Example): string {
  return typeof example === "string" ? example : example.value;
}

/** A note to the user that example values replace these account settings. */
export function exampleNote(keys: readonly string[]): string {
  return `Example values (graph/example-settings.yaml) stand in for the account settings ${keys.join(", ")}.`;
}

/**
 * The configuration as Pulumi's engine passes it to a program, `<project>:<key>` to string. In descending precedence:
 * `set`, the stack's file, example values (if `examples`), defaults of Pulumi.yaml. Also returns the examples used.
 */
export function stackSettings(
  root: string,
  stack: string,
  set: Readonly<Record<string, unknown>>,
  examples: boolean,
): { project: string; config: Record<string, string>; examples: Record<string, unknown> } {
  const project = readProject(root);
  const defaults = Object.entries(project.config).map(([key, { default: value }]) => [key, value] as const);
  const own = { ...readStack(root, stack), ...set };
  const filled = Object.entries(examples ? readExamples(root) : {})
    .filter(([key]) => !(key in own))
    .filter(([, example]) => typeof example === "string" || String(own[example.where]) === "true")
    .map(([key, example]) => [key, valueOf(example)] as const);
  const merged = {
    ...Object.fromEntries(defaults.filter(([, value]) => value !== undefined)),
    ...Object.fromEntries(filled),
    ...own,
  };
  const config = Object.entries(merged).map(([key, value]) => [
    key.includes(":") ? key : `${project.name}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    project: project.name,
    config: Object.fromEntries(config) as Record<string, string>,
    examples: Object.fromEntries(filled),
  };
}
