// Every combination of the five switches in both stacks, evaluated once for all tests of this folder.

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
