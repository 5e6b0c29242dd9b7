// The credentials that are tried at a route: each required part wrong in every way while the others are correct, no credential,
// and everything correct; from an allowed and from another network, and as each listed client.

import type { Api } from "./apis";
import type { Ask } from "./asks";
import { anotherModel } from "./clients";
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
  /** The listed client whose the credentials are. */
  readonly client?: string;
  /** What it calls where the route leaves the model open; absent: one that it may. */
  readonly model?: typeof anotherModel;
  /** Whence it comes, where the API allows some networks alone; absent: from one of those. */
  readonly from?: "another network";
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

/** What decides besides a route's protection. */
export type Guard = Pick<Api, "policy" | "clients"> & { readonly mutualTls: boolean };

/**
 * The credentials to try where this is asked: first nothing, last what is right in all parts. One, where nothing is asked.
 * @param path template of the route
 */
export function credentialsFor(ask: Ask, { mutualTls, policy, clients }: Guard, path: string): Credential[] {
  const parts = partsOf(ask, mutualTls);
  const bare = build(nothing, parts, (part) => choices[part][0]!);
  const elsewhere = (credential: Credential, name: string): Credential[] =>
    policy?.networks === undefined ? [] : [{ ...credential, name, from: "another network" }];
  if (parts.length === 0) return [bare, ...elsewhere(bare, "another network")];
  const [first] = clients ?? [];
  const right = {
    ...build(allRight, parts, (part) => choices[part].at(-1)!),
    ...(first === undefined ? {} : { client: first.name }),
  };
  const wrong = parts.flatMap((part) =>
    choices[part]
      .slice(0, -1)
      .filter((choice) => applies(part, choice, ask))
      .map((choice): Credential => ({ ...right, [part]: choice, name: choice })),
  );
  return [
    bare,
    ...(parts.length > 1 ? wrong : wrong.slice(1)),
    ...elsewhere(bare, "nothing, another network"),
    ...elsewhere(right, "another network"),
    ...(clients === undefined ? [] : ofClients(clients, ask, right, path)),
    right,
  ];
}

/** Each with what is its own; and, where policies can let in whom no list names, one of those. */
function ofClients(clients: NonNullable<Api["clients"]>, ask: Ask, right: Credential, path: string): Credential[] {
  const own = clients.flatMap(({ name, models }): Credential[] => {
    const client = { ...right, client: name, name: `client ${name}` };
    if (models === undefined || !path.includes("{model}")) return [client];
    return [client, { ...client, model: anotherModel, name: `client ${name}, another's model` }];
  });
  const unlisted: Credential = { ...right, client: undefined, name: "unlisted caller" };
  return ask.who.kind === "signature" ? [unlisted, ...own] : own;
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
