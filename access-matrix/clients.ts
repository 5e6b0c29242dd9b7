// The clients that an API lists in its stage variables: the function behind it lets each of them call its own models,
// and lets a caller that is not listed call none.

import { clientFields, clientListVariable, clientVariable } from "../contract";

export interface ListedClient {
  readonly name: string;
  /** ARN of a role or an account's root, or an OAuth client id; absent if only the API key identifies the client. */
  readonly principal?: string;
  /** Models that it may call; absent: all. */
  readonly models?: readonly string[];
}

/**
 * @param variables stage variables
 * @returns `undefined` if the API has no list: everyone whom it lets in may call every model
 */
export function clientsOf(variables: unknown): ListedClient[] | undefined {
  const entries = Object.entries((variables ?? {}) as Readonly<Record<string, string>>);
  const listed = entries.filter(([name]) => name.startsWith(clientVariable));
  if (listed.length === 0 && !entries.some(([name]) => name === clientListVariable)) return undefined;
  return listed.map(([variable, value]) => {
    const fields = new URLSearchParams(value);
    const [principal, models] = [fields.get(clientFields.principal), fields.get(clientFields.models)];
    return {
      name: variable.slice(clientVariable.length).replaceAll("_", "-"),
      ...(principal === null ? {} : { principal }),
      ...(models === null ? {} : { models: models.split(",") }),
    };
  });
}

/** A model that the client may call: the first of its list, or a stand-in for any model if it has no list. */
export function ownModel(client: ListedClient | undefined): string {
  return client?.models?.[0] ?? "any-model";
}

/** A model that is in no client's list. */
export const anotherModel = "another-model";
