// The matrices that are checked in for review: one for each stack, and one with clients and networks, which no stack of the
// repository configures.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { evaluate, projectRoot } from "../graph/evaluate";
import { stackNames } from "../graph/project";
import { markdown } from "./markdown";
import { matrixOf } from "./matrix";

export interface CheckedIn {
  /** Name of its file, without the extension. */
  readonly name: string;
  readonly stack: string;
  /** Settings that override the stack's. */
  readonly set: Readonly<Record<string, unknown>>;
}

const callers = {
  allowedNetworks: ["203.0.113.0/24"],
  clients: [
    { name: "team", principal: "arn:aws:iam::123456789012:role/team" },
    { name: "partner", principal: "arn:aws:iam::210987654321:role/partner", models: ["mymodel"] },
  ],
};

export function checkedIn(): CheckedIn[] {
  return [
    ...stackNames(projectRoot).map((stack) => ({ name: stack, stack, set: {} })),
    { name: "clients-and-networks", stack: "prod", set: { ...callers, auth0Authorizer: false, httpApi: false } },
  ];
}

/** Absolute path of its file. */
export function fileOf({ name }: Pick<CheckedIn, "name">): string {
  return join(projectRoot, "docs/access-matrix", `${name}.md`);
}

/** The content that its file must have. */
export async function textOf({ stack, set }: CheckedIn): Promise<string> {
  return `${markdown(matrixOf(await evaluate({ stack, set })), set)}\n`;
}

export async function write(matrix: CheckedIn): Promise<void> {
  const text = await textOf(matrix);
  mkdirSync(dirname(fileOf(matrix)), { recursive: true });
  writeFileSync(fileOf(matrix), text);
}
