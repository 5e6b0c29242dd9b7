// Every combination of the five switches in both stacks, evaluated once for all tests of this folder.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";

export const modules = ["apiGateway", "auth0Authorizer", "httpApi", "secrets", "sagemaker"] as const;
export type Module = (typeof modules)[number];

export interface Combination {
  readonly stack: "dev" | "prod";
  /** The modules that are switched on. */
  readonly on: readonly Module[];
  readonly graph: Graph;
}

let evaluated: Promise<readonly Combination[]> | undefined;

/** All 64 of them. */
export function combinations(): Promise<readonly Combination[]> {
  evaluated ??= evaluateAll();
  return evaluated;
}

async function evaluateAll(): Promise<readonly Combination[]> {
  const all: Combination[] = [];
  for (const stack of ["dev", "prod"] as const) {
    for (let bits = 0; bits < 1 << modules.length; bits++) {
      const on = modules.filter((_, index) => (bits & (1 << index)) !== 0);
      const set = Object.fromEntries(modules.map((module) => [module, on.includes(module)]));
      all.push({ stack, on, graph: await evaluate({ stack, set }) });
    }
  }
  return all;
}

/** What two modules do for each other. */
interface Together {
  /** The one stack in which they do. */
  readonly stack?: "dev" | "prod";
  readonly modules: readonly Module[];
  readonly adds: readonly string[];
  readonly leavesOut: readonly string[];
}

/** By stack and module: the resource types that it creates, alone. */
const { together, ...types } = JSON.parse(readFileSync(join(__dirname, "../infra/resource-types.json"), "utf8")) as {
  readonly together: readonly Together[];
} & Record<"dev" | "prod", Record<Module, string[]>>;

/** The union of the modules' types; with `secrets`, the API's keys are rotated rather than kept in the state. */
export function typesOf(stack: "dev" | "prod", on: readonly Module[]): string[] {
  const union = new Set(on.flatMap((module) => types[stack][module]));
  for (const { stack: only = stack, modules: all, adds, leavesOut } of together) {
    if (only !== stack || !all.every((module) => on.includes(module))) continue;
    for (const type of adds) union.add(type);
    for (const type of leavesOut) union.delete(type);
  }
  return [...union].sort();
}
