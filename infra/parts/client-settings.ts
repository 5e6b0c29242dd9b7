// The settings `clients` and `allowedNetworks` of the REST API: who may call, how often and which models. What AWS would
// refuse, and what would be ignored in silence, is found before anything is deployed.

import { isIP } from "node:net";
import { checkClientKeys, clientKeys, type KeySettings } from "./client-keys";
import { fault } from "./fault";
import { exampleReader, readerArn } from "./secret-readers";
import type { SettingReader } from "./setting-reader";

export const quotaPeriods = ["DAY", "WEEK", "MONTH"] as const;

/** What a key is worth. */
export interface Limits {
  /** Requests per second. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
  /** Requests in a period. */
  readonly quota: number;
  readonly quotaPeriod: (typeof quotaPeriods)[number];
}

export interface ClientSetting {
  readonly name: string;
  /** Of its API key; what it leaves out is as for a key of nobody in particular. */
  readonly limits: Limits;
  /** Under iam the ARN of a role or of an account's root; under lambda the id of an OAuth client; empty otherwise. */
  readonly principal: string;
  /** The models that it may call; `undefined`: all. */
  readonly models: readonly string[] | undefined;
  /** ARNs of the roles that may read the secret of its key. */
  readonly readers: readonly string[];
}

export interface ClientSettings {
  readonly clients: readonly ClientSetting[];
  /** Networks in CIDR form that may reach the REST APIs; empty: all. */
  readonly allowedNetworks: readonly string[];
}

interface Rest extends KeySettings {
  readonly apiGateway: boolean;
}

const fields = ["name", "principal", "models", "readers", "rate", "burst", "quota", "quotaPeriod"];
const model = /^[A-Za-z0-9][\w.-]{0,63}$/;
/** A role, or the root that stands for a whole account; letters that a stage variable can hold. */
const arn = /^arn:aws[a-z-]*:iam::\d{12}:(root|role\/[\w./-]{1,160})$/;
const oauthClient = /^[\w.~:/-]{1,160}$/;

/** A stage variable's value, by which the function learns of a client, has at most this many characters. */
const longestVariable = 512;
// A plan each: an account has 300 in a region, for all its stacks.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
const mostClients = 100;

export function readClientSettings(read: SettingReader, limits: Limits): ClientSettings {
  const listed = read.objects("clients", "name=acme");
  if (listed.length > mostClients)
    read.fault("clients", `are more than ${mostClients}`, `pulumi config rm --path 'clients[${mostClients}]'`);
  return {
    clients: listed.slice(0, mostClients).map((fields, index) => readClient(read, `clients[${index}]`, fields, limits)),
    allowedNetworks: read.list("allowedNetworks", isNetwork, "a network such as 203.0.113.0/24", "203.0.113.0/24"),
  };
}

function readClient(
  read: SettingReader,
  at: string,
  client: Readonly<Record<string, unknown>>,
  limits: Limits,
): ClientSetting {
  for (const field of Object.keys(client)) {
    // A misspelt limit would be no limit.
    if (!fields.includes(field))
      read.fault(`${at}.${field}`, "is not a field of a client", `pulumi config rm --path '${at}.${field}'`);
  }
  const wrong = (field: string, what: string, example: string) =>
    read.fault(`${at}.${field}`, what, `pulumi config set --path '${at}.${field}' ${example}`);
  const number = (field: string, most: number, fallback: number): number => {
    const value = Number(client[field] ?? fallback);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    wrong(field, `is not a whole number from 1 to ${most}`, String(fallback));
    return fallback;
  };
  const text = (field: string): string => String(client[field] ?? "");
  const name = text("name");
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name) || name === "unlisted")
    wrong("name", "is not a name of lower-case letters, digits and hyphens, other than unlisted", "acme");
  const models = client["models"];
  const isList = Array.isArray(models) && models.length > 0 && models.every((one) => model.test(String(one)));
  // A list that is empty would mean none, and is more likely a slip.
  if (models !== undefined && !isList) wrong("models[0]", "is not a model's name", "mymodel");
  const readers = client["readers"] ?? [];
  const areRoles = Array.isArray(readers) && readers.every((arn) => readerArn.test(String(arn)));
  if (!areRoles) wrong("readers[0]", "is not a role's ARN", exampleReader);
  const period = client["quotaPeriod"] ?? limits.quotaPeriod;
  if (!quotaPeriods.some((known) => known === period))
    wrong("quotaPeriod", `is none of ${quotaPeriods.join(", ")}`, "DAY");
  return {
    name,
    principal: text("principal"),
    models: isList ? models.map(String) : undefined,
    readers: areRoles ? readers.map(String) : [],
    limits: {
      rate: number("rate", 10_000, limits.rate),
      burst: number("burst", 5_000, limits.burst),
      quota: number("quota", 2_147_483_647, limits.quota),
      quotaPeriod: period as Limits["quotaPeriod"],
    },
  };
}

/** Adds a fault for each client that could not be told from another, or not be limited as it says. */
export function checkClients(settings: ClientSettings & Rest, read: SettingReader): void {
  if (!settings.apiGateway) return;
  const { clients, apiGatewayAuth: auth } = settings;
  clients.forEach((client, index) => {
    const at = `clients[${index}]`;
    const path = (field: string, value: string) => `pulumi config set --path '${at}.${field}' ${value}`;
    const earlier = clients.slice(0, index);
    if (earlier.some(({ name }) => name === client.name))
      read.fault(`${at}.name`, "is another client's too", path("name", `client-${index + 1}`));
    checkPrincipal(client, auth, at, read);
    if (client.principal !== "" && earlier.some(({ principal }) => principal === client.principal))
      read.fault(`${at}.principal`, "is another client's too", path("principal", "<another>"));
    const key = clientKeys(settings) === "rotated" ? `keyPrefix=${client.name}_` : "key=0123456789";
    const variable = `${key}&principal=${client.principal}&models=${client.models?.join(",") ?? ""}`;
    if (variable.length > longestVariable)
      read.fault(
        `${at}.models`,
        `are too many: their names and the principal have at most ${longestVariable - 32} characters together`,
        `pulumi config rm --path '${at}.models'`,
      );
  });
  checkClientKeys(settings, read);
}

function checkPrincipal(
  { principal }: ClientSetting,
  auth: Rest["apiGatewayAuth"],
  at: string,
  read: SettingReader,
): void {
  const command = `pulumi config set --path '${at}.principal'`;
  if (auth === "iam" && !arn.test(principal))
    read.fault(
      `${at}.principal`,
      "is not the ARN of a role or an account's root, which apiGatewayAuth iam tells clients apart by",
      `${command} arn:aws:iam::123456789012:role/caller`,
    );
  if (auth === "lambda" && !oauthClient.test(principal))
    read.fault(
      `${at}.principal`,
      "is not the id of an OAuth client, which apiGatewayAuth lambda tells clients apart by",
      `${command} <client id>`,
    );
  if ((auth === "apiKey" || auth === "cognito") && principal !== "")
    read.fault(
      `${at}.principal`,
      `means nothing under apiGatewayAuth ${auth}, which gives each client a credential of its own`,
      `pulumi config rm --path '${at}.principal'`,
    );
}

/**
 * A model that is not there would be a client that may call nothing, or, misspelt, another than was meant.
 * @throws pulumi.RunError naming the first
 */
export function requireModels(clients: readonly ClientSetting[], names: readonly string[], folder: string): void {
  const index = clients.findIndex(({ models }) => models?.some((name) => !names.includes(name)));
  if (index < 0) return;
  const at = clients[index]!.models!.findIndex((name) => !names.includes(name));
  throw fault(
    `clients[${index}].models: names a model that is not in ${folder}: pulumi config set --path 'clients[${index}].models[${at}]' ${names[0]}`,
  );
}

/** An IPv4 or IPv6 network; everything (/0) is no restriction, and no firewall takes it. */
export const isNetwork = {
  test: (text: string): boolean => {
    const [host = "", length = "", ...more] = text.split("/");
    const family = isIP(host);
    const bits = /^\d{1,3}$/.test(length) ? Number(length) : 0;
    return more.length === 0 && family !== 0 && bits >= 1 && bits <= (family === 4 ? 32 : 128);
  },
};
