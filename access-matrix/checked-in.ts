// The matrices that are checked in: one for each stack, and one of an API with clients and networks, which no stack of the
// repository names. What a review compares.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { evaluate, projectRoot } from "../graph/evaluate";
import { stackNames } from "../graph/project";
import { markdown } from "./markdown";
import { matrixOf } from "./matrix";

export interface CheckedIn {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly stack: string;
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

export function fileOf({ name }: Pick<CheckedIn, "name">): string {
  return join(projectRoot, "docs/access-matrix", `${name}.md`);
}

/** What its file is to say. */
export async function textOf({ stack, set }: CheckedIn): Promise<string> {
  return `${markdown(matrixOf(await evaluate({ stack, set })), set)}\n`;
}

export async function write(matrix: CheckedIn): Promise<void> {
  const text = await textOf(matrix);
  mkdirSync(dirname(fileOf(matrix)), { recursive: true });
  writeFileSync(fileOf(matrix), text);
}
