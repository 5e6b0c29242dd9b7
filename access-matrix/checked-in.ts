// The matrices that are checked in, one for each stack: what a review compares.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { evaluate, projectRoot } from "../graph/evaluate";
import { markdown } from "./markdown";
import { matrixOf } from "./matrix";

/** Path of a stack's matrix. */
export function fileOf(stack: string): string {
  return join(projectRoot, "docs/access-matrix", `${stack}.md`);
}

/** What a stack's file is to say. */
export async function textOf(stack: string): Promise<string> {
  return `${markdown(matrixOf(await evaluate({ stack })))}\n`;
}

export async function write(stack: string): Promise<void> {
  const text = await textOf(stack);
  mkdirSync(dirname(fileOf(stack)), { recursive: true });
  writeFileSync(fileOf(stack), text);
}
