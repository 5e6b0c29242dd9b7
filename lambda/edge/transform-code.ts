// Loads the transforms beside the function's code: each is checked against the manifest, and the very bytes that were checked are run.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SourceMap } from "node:module";
import path from "node:path";
import { pureModules, transformFile } from "../../contract";
import { type PinnedModel, transformVersion } from "../core/publish/pinned-model";
import type { Transform } from "../core/transform/transform";

/** The transforms of the models, each loaded once. */
export class Transforms {
  private readonly loaded = new Map<string, Transform | undefined>();

  /** @param root folder of the function's code */
  constructor(private readonly root: string) {}

  /** @returns undefined if the model has none. @throws Error as `loadTransform` does */
  of(pinned: PinnedModel): Transform | undefined {
    if (!this.loaded.has(pinned.name)) this.loaded.set(pinned.name, loadTransform(this.root, pinned));
    return this.loaded.get(pinned.name);
  }
}

/**
 * The model's transform, evaluated; `undefined` if it has none.
 * @throws Error if its file is not the pinned one, or is no transform; never with a message of the transform's own
 */
function loadTransform(root: string, pinned: PinnedModel): Transform | undefined {
  const { name, transform } = pinned;
  if (transform === undefined) return undefined;
  const file = path.join(root, transformFile(name));
  const code = readFileSync(file);
  if (createHash("sha256").update(code).digest("hex") !== transform)
    throw new Error(`${transformFile(name)} is not the pinned file`);
  const describe = (error: unknown) => described(error, file);
  let made: Partial<Record<string, unknown>>;
  try {
    made = evaluated(code.toString("utf8"), file);
  } catch (error) {
    throw new Error(`its transform cannot be loaded: ${describe(error)}`);
  }
  const request = method<NonNullable<Transform["request"]>>(made, "request");
  const response = method<NonNullable<Transform["response"]>>(made, "response");
  if (request === undefined && response === undefined)
    throw new Error(
      "its transform has neither request nor response: transform.ts must export an object with them as default",
    );
  return { version: transformVersion(pinned)!, request, response, describe };
}

/** Names that are not there in a transform, so that honest code stays pure. No sandbox: `Function` reaches everything. */
const absent = ["process", "fetch", "WebSocket", "EventSource"] as const;

/** The default export of a bundle in CommonJS. */
function evaluated(code: string, filename: string): Partial<Record<string, unknown>> {
  // What it prints could quote the request.
  const silent = new Proxy({}, { get: () => () => undefined });
  const scope = Object.create(globalThis) as Record<string, unknown>;
  // Defined, not assigned: some are accessors of the real global object, whose setters would change that.
  const define = (name: string, value: unknown) => Object.defineProperty(scope, name, { value, writable: true });
  for (const name of absent) define(name, undefined);
  define("console", silent);
  for (const name of ["globalThis", "global"]) define(name, scope);
  const module = { exports: {} as { default?: unknown } };
  const names = [...absent, "console", "globalThis", "global"];
  const given = names.map((name) => scope[name]);
  const { compileFunction } = process.getBuiltinModule("node:vm"); // No start waits for it where there are no transforms.
  const run = compileFunction(code, ["require", "module", "exports", ...names], { filename }) as (
    ...all: unknown[]
  ) => void;
  run.call(undefined, requirePure, module, module.exports, ...given);
  const { default: made } = module.exports;
  return typeof made === "object" && made !== null ? (made as Record<string, unknown>) : {};
}

/** The bundle holds all that it imports but these; a name that is computed while it runs gets here, too. */
function requirePure(name: string): unknown {
  const plain = name.replace(/^node:/, "");
  if ((pureModules as readonly string[]).includes(plain)) return process.getBuiltinModule(`node:${plain}`);
  throw new Error("a transform may not import this");
}

/** @returns the method of that name, with the object as `this` */
function method<T extends object>(made: Partial<Record<string, unknown>>, key: string): T | undefined {
  const found = made[key];
  return typeof found === "function" ? ((found as () => void).bind(made) as unknown as T) : undefined;
}

/** Frames of the transform that are shown of an error. */
const mostFrames = 8;

/** Name and place of an error: `TypeError at models/x/transform.ts:12:5`. Its message may quote the request and is left out. */
function described(error: unknown, file: string): string {
  if (!(error instanceof Error)) return "something that is no Error was thrown";
  const name = /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "Error";
  const frames = String(error.stack)
    .split("\n")
    .flatMap((line) => {
      const at = line.lastIndexOf(`${file}:`);
      const place = at < 0 ? null : /^(\d{1,9}):(\d{1,9})/.exec(line.slice(at + file.length + 1));
      return place === null ? [] : [{ line: Number(place[1]), column: Number(place[2]) }];
    })
    .slice(0, mostFrames);
  return [name, ...sourcesOf(frames, file)].join(" at ");
}

function sourcesOf(frames: readonly { line: number; column: number }[], file: string): string[] {
  if (frames.length === 0) return [];
  let map: SourceMap | undefined;
  try {
    const { SourceMap: Mapping } = process.getBuiltinModule("node:module");
    map = new Mapping(JSON.parse(readFileSync(`${file}.map`, "utf8")) as never);
  } catch {
    // The places in the bundle are better than none.
  }
  return frames.map(({ line, column }) => {
    const entry = map?.findEntry(line - 1, column - 1);
    if (entry === undefined || !("originalSource" in entry)) return `${path.basename(file)}:${line}:${column}`;
    return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}
