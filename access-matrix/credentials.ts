// What callers bring, and which of it is worth trying at a route: each thing that is asked for wrong in every way while the
// rest is right, nothing at all, and everything right.

import type { Ask } from "./asks";
import {
  type Certificate,
  certificates,
  type Key,
  keys,
  type Signature,
  signatures,
  type Token,
  tokens,
} from "./rules";

/** What a caller brings; what is not asked for is absent. */
export interface Credential {
  /** Title of its column: what is wrong with it. */
  readonly name: string;
  readonly signature?: Signature;
  readonly token?: Token;
  readonly key?: Key;
  readonly certificate?: Certificate;
}

type Part = "signature" | "token" | "key" | "certificate";

/** Per part, in the order of the rule table: the first is "none", the last is right. */
const choices: Readonly<Record<Part, readonly string[]>> = {
  certificate: Object.keys(certificates),
  signature: Object.keys(signatures),
  token: Object.keys(tokens),
  key: Object.keys(keys),
};

export const nothing = "nothing";
export const allRight = "all right";

/** The credentials to try where this is asked: first nothing, last what is right in all parts. One, where nothing is asked. */
export function credentialsFor(ask: Ask, mutualTls: boolean): Credential[] {
  const parts = partsOf(ask, mutualTls);
  if (parts.length === 0) return [bare(ask, mutualTls)];
  const right = build(allRight, parts, (part) => choices[part].at(-1)!);
  const wrong = parts.flatMap((part) =>
    choices[part]
      .slice(0, -1)
      .filter((choice) => applies(part, choice, ask))
      .map((choice): Credential => ({ ...right, [part]: choice, name: choice })),
  );
  return [bare(ask, mutualTls), ...(parts.length > 1 ? wrong : wrong.slice(1)), right];
}

function bare(ask: Ask, mutualTls: boolean): Credential {
  return build(nothing, partsOf(ask, mutualTls), (part) => choices[part][0]!);
}

function partsOf(ask: Ask, mutualTls: boolean): Part[] {
  const parts: Part[] = mutualTls ? ["certificate"] : [];
  if (ask.who.kind === "signature") parts.push("signature");
  else if (ask.who.kind !== "anyone") parts.push("token");
  if (ask.key) parts.push("key");
  return parts;
}

function build(name: string, parts: readonly Part[], choose: (part: Part) => string): Credential {
  return { name, ...Object.fromEntries(parts.map((part) => [part, choose(part)])) };
}

function applies(part: Part, choice: string, ask: Ask): boolean {
  const { kind } = ask.who;
  if (part !== "token" || kind === "anyone" || kind === "signature") return true;
  return tokens[choice as Token][kind] !== undefined;
}
