// Which client of the API a caller is, and which models it may call (OWASP API1). The list of clients comes with the
// event, in stage variables, which no caller can set.

import { clientFields, clientListVariable, clientVariable } from "../../../contract";
import type { GatewayContext, GatewayEvent } from "./request";
import { Failure } from "../failure";

export interface Client {
  readonly name: string;
  /** Names of the models that the client may call; `undefined`: all. */
  readonly models: ReadonlySet<string> | undefined;
}

/**
 * The credentials by which clients are distinguished apart, as the gateway verified them; empty strings where there are none.
 */
export interface Credentials {
  readonly keyId: string;
  /** The API key itself: compared, never logged. */
  readonly key: string;
  /** ARN of the IAM principal that signed the request, or the id of the token's OAuth client. */
  readonly principal: string;
}

/** A caller that the gateway let through but that is none of the listed clients: may call no model. */
export const unlisted: Client = { name: "unlisted", models: new Set() };

interface Listed extends Client {
  readonly key: string | undefined;
  /** Prefix of its rotated API key, which `key` cannot name: each rotation changes the key's id. */
  readonly keyPrefix: string | undefined;
  readonly principal: string | undefined;
}

/** The client that sent the request, `unlisted` if none matches; `undefined` if the API has no list of clients. */
export function clientOf(event: GatewayEvent): Client | undefined {
  const variables = event.stageVariables ?? {};
  const listed = clientsOf(variables);
  if (listed.length === 0 && variables[clientListVariable] === undefined) return undefined;
  const caller = credentialsOf(event.requestContext ?? {});
  const found = listed.filter((client) => isCaller(client, caller));
  // A role and its whole account may both be listed: the more specific entry, the role, wins.
  return found.find(({ principal }) => principal === undefined || !isAccount(principal)) ?? found[0] ?? unlisted;
}

/**
 * @throws Failure `foreign-model`, whether or not the model exists: a client learns nothing about other clients' models
 */
export function requireModel(client: Client | undefined, model: string): void {
  if (!mayCall(client, model)) throw new Failure("foreign-model", "");
}

export function mayCall(client: Client | undefined, model: string): boolean {
  return client?.models === undefined || client.models.has(model);
}

function clientsOf(variables: Readonly<Record<string, string | undefined>>): Listed[] {
  const listed: Listed[] = [];
  for (const [name, value] of Object.entries(variables)) {
    if (name.startsWith(clientVariable)) listed.push(readClient(name.slice(clientVariable.length), text(value)));
  }
  return listed;
}

function readClient(name: string, value: string): Listed {
  const fields = new Map(
    value.split("&").map((field) => [field.split("=", 1)[0], field.slice(field.indexOf("=") + 1)]),
  );
  const models = fields.get(clientFields.models);
  return {
    name: name.replaceAll("_", "-"),
    key: fields.get(clientFields.key),
    keyPrefix: fields.get(clientFields.keyPrefix),
    principal: fields.get(clientFields.principal),
    models: models === undefined ? undefined : new Set(models.split(",")),
  };
}

/** A caller must match every field that the entry has; an entry without any matches nobody. */
function isCaller({ key, keyPrefix, principal }: Listed, caller: Credentials): boolean {
  if (key === undefined && keyPrefix === undefined && principal === undefined) return false;
  return (
    (key === undefined || key === caller.keyId) &&
    // Every key starts with the empty string: an empty prefix must match none.
    (keyPrefix === undefined || (keyPrefix !== "" && caller.key.startsWith(keyPrefix))) &&
    (principal === undefined || matchesPrincipal(caller, principal))
  );
}

const roleArn = /^arn:[\w-]+:iam::(\d{12}):role\/(?:[^/]+\/)*([^/]+)$/;
const sessionArn = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\//;
const accountArn = /^arn:[\w-]+:iam::(\d{12}):root$/;
const anyArn = /^arn:[\w-]+:(?:iam|sts)::(\d{12}):/;

function isAccount(principal: string): boolean {
  return accountArn.test(principal);
}

/**
 * Whether the principal is the wanted one. A role signs as a session, whose ARN has the role's name (unique in an
 * account) but not its path.
 */
function matchesPrincipal({ principal }: Credentials, wanted: string): boolean {
  const role = roleArn.exec(wanted);
  const account = accountArn.exec(wanted);
  if (role !== null) {
    const session = sessionArn.exec(principal);
    return session !== null && session[1] === role[1] && session[2] === role[2];
  }
  if (account !== null) return anyArn.exec(principal)?.[1] === account[1];
  return wanted !== "" && principal === wanted;
}

function credentialsOf(context: GatewayContext): Credentials {
  const identity = fields(context.identity);
  const authorizer = fields(context.authorizer);
  const claims = fields(authorizer["claims"]);
  return {
    keyId: text(identity["apiKeyId"]),
    key: text(identity["apiKey"]),
    principal: text(identity["userArn"]) || text(claims["client_id"]) || text(authorizer["client"]),
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
