// The credentials that are tried on a route: none, everything correct, and each required part wrong in every way while the
// others are correct; also from a network that is not allowed, and as each listed client.

import type { Api } from "./apis";
import type { RouteRequirements } from "./routes";
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

/** What a caller presents; parts that the route does not require are absent. */
export interface Credential {
  /** Title of its column: what is wrong with it. */
  readonly name: string;
  readonly signature?: Signature;
  readonly token?: Token;
  readonly key?: Key;
  readonly certificate?: Certificate;
  /** Name of the listed client that the credentials belong to. */
  readonly client?: string;
  /** The model that it calls on a route with `{model}`; absent: one that it may call. */
  readonly model?: typeof anotherModel;
  /** The network it calls from, if the API allows only some networks; absent: an allowed one. */
  readonly from?: "another network";
}

type Part = "signature" | "token" | "key" | "certificate";

/** Values of each part, in the order of the rule table: the first means that the part is missing, the last is correct. */
const choices: Readonly<Record<Part, readonly string[]>> = {
  certificate: Object.keys(certificates),
  signature: Object.keys(signatures),
  token: Object.keys(tokens),
  key: Object.keys(keys),
};

export const nothing = "nothing";
export const allRight = "all right";

/** What decides in addition to a route's authorization. */
export type CallerRestrictions = Pick<Api, "policy" | "clients"> & { readonly mutualTls: boolean };

/**
 * The credentials to try on a route: first none, last the one that is correct in all parts. If the route requires nothing,
 * only none, and none from another network.
 * @param path the route's path template
 */
export function credentialsFor(
  requirements: RouteRequirements,
  { mutualTls, policy, clients }: CallerRestrictions,
  path: string,
): Credential[] {
  const parts = partsOf(requirements, mutualTls);
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
      .filter((choice) => applies(part, choice, requirements))
      .map((choice): Credential => ({ ...right, [part]: choice, name: choice })),
  );
  return [
    bare,
    ...(parts.length > 1 ? wrong : wrong.slice(1)),
    ...elsewhere(bare, "nothing, another network"),
    ...elsewhere(right, "another network"),
    ...(clients === undefined ? [] : ofClients(clients, requirements, right, path)),
    right,
  ];
}

/** One for each client, with its own credentials; under IAM also a caller whom a policy lets in but no list names. */
function ofClients(
  clients: NonNullable<Api["clients"]>,
  requirements: RouteRequirements,
  right: Credential,
  path: string,
): Credential[] {
  const own = clients.flatMap(({ name, models }): Credential[] => {
    const client = { ...right, client: name, name: `client ${name}` };
    if (models === undefined || !path.includes("{model}")) return [client];
    return [client, { ...client, model: anotherModel, name: `client ${name}, another's model` }];
  });
  const unlisted: Credential = { ...right, client: undefined, name: "unlisted caller" };
  return requirements.authorization.kind === "signature" ? [unlisted, ...own] : own;
}

function partsOf(requirements: RouteRequirements, mutualTls: boolean): Part[] {
  const parts: Part[] = mutualTls ? ["certificate"] : [];
  if (requirements.authorization.kind === "signature") parts.push("signature");
  else if (requirements.authorization.kind !== "anyone") parts.push("token");
  if (requirements.apiKey) parts.push("key");
  return parts;
}

function build(name: string, parts: readonly Part[], choose: (part: Part) => string): Credential {
  return { name, ...Object.fromEntries(parts.map((part) => [part, choose(part)])) };
}

function applies(part: Part, choice: string, requirements: RouteRequirements): boolean {
  const { kind } = requirements.authorization;
  if (part !== "token" || kind === "anyone" || kind === "signature") return true;
  return tokens[choice as Token][kind] !== undefined;
}
