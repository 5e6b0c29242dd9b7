// Which client of the API a caller is, and which models it may call (OWASP API1). The list comes with the event, in
// variables of the stage, which no caller can write.

import { clientFields, clientListVariable, clientVariable } from "../../contract";
import type { GatewayContext, GatewayEvent } from "./call";
import { Failure } from "./failure";

export interface Client {
  readonly name: string;
  /** `undefined`: all. */
  readonly models: ReadonlySet<string> | undefined;
}

/** What the gateway found out about a caller, as far as clients are told apart by it. */
export interface Credentials {
  readonly keyId: string;
  /** The key itself, which the gateway has let in: compared, and never told. */
  readonly key: string;
  /** ARN of the principal that signed, or the id of the token's OAuth client. */
  readonly principal: string;
}

/** Who is let in by the gateway and is none of the clients that its API lists: may call no model. */
export const unlisted: Client = { name: "unlisted", models: new Set() };

interface Listed extends Client {
  readonly key: string | undefined;
  /** What its rotated key begins with. */
  readonly keyPrefix: string | undefined;
  readonly principal: string | undefined;
}

/** The client that a caller is; `undefined` where the API lists none. */
export function clientOf(event: GatewayEvent): Client | undefined {
  const variables = event.stageVariables ?? {};
  const listed = clientsOf(variables);
  if (listed.length === 0 && variables[clientListVariable] === undefined) return undefined;
  const caller = credentialsOf(event.requestContext ?? {});
  const found = listed.filter((client) => isCaller(client, caller));
  // A role and its whole account may both be listed: the role is what the caller was given.
  return found.find(({ principal }) => principal === undefined || !isAccount(principal)) ?? found[0] ?? unlisted;
}

/** @throws Failure `foreign-model`, whether or not there is such a model: a client learns nothing of those of others */
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

/** A caller has to present all that the client has; a client that has nothing is nobody. */
function isCaller({ key, keyPrefix, principal }: Listed, caller: Credentials): boolean {
  if (key === undefined && keyPrefix === undefined && principal === undefined) return false;
  return (
    (key === undefined || key === caller.keyId) &&
    // Every key begins with nothing: a list that says so names nobody.
    (keyPrefix === undefined || (keyPrefix !== "" && caller.key.startsWith(keyPrefix))) &&
    (principal === undefined || speaksFor(caller, principal))
  );
}

const roleArn = /^arn:[\w-]+:iam::(\d{12}):role\/(?:[^/]+\/)*([^/]+)$/;
const sessionArn = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\//;
const accountArn = /^arn:[\w-]+:iam::(\d{12}):root$/;
const anyArn = /^arn:[\w-]+:(?:iam|sts)::(\d{12}):/;

function isAccount(principal: string): boolean {
  return accountArn.test(principal);
}

/** A role signs as a session of its own, whose ARN has the role's name without its path (names are unique in an account). */
function speaksFor({ principal }: Credentials, wanted: string): boolean {
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
