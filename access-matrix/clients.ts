// The clients that an API lists, in the variables of its stage: the function behind it lets each call its own models, and
// whom it does not list call none.

import { clientFields, clientListVariable, clientVariable } from "../contract";

export interface ListedClient {
  readonly name: string;
  /** ARN of a role or of an account's root, or the id of an OAuth client; absent where the key alone tells. */
  readonly principal?: string;
  /** Absent: all. */
  readonly models?: readonly string[];
}

/** @param variables of the stage @returns `undefined` where the API lists none: everyone whom it lets in may call every model */
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

/** A model that a client may call, or that any caller may. */
export function ownModel(client: ListedClient | undefined): string {
  return client?.models?.[0] ?? "any-model";
}

/** One that no list has. */
export const anotherModel = "another-model";
