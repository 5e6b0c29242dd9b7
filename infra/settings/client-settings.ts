// The setting `clients` of the REST API: who may call, how often and which models. Each field is
// checked by itself here, and all of them together in client-checks.ts.

import { type ApiSettings, quotaPeriods } from "./api-settings";
import { exampleReader, readerArn } from "./secret-settings";
import { type SettingReader, setPath } from "./setting-reader";
import { modelName } from "./stack-settings";

/** Limits of an API key, enforced by its usage plan. */
export interface Limits {
  /** Requests per second. */
  readonly rate: number;
  /** Burst (capacity of the token bucket), in requests. */
  readonly burst: number;
  /** Requests per `quotaPeriod`. */
  readonly quota: number;
  readonly quotaPeriod: (typeof quotaPeriods)[number];
}

export interface ClientSetting {
  readonly name: string;
  /** Limits of its API key; what the client leaves out is as for the shared key (`keyRateLimit` and so on). */
  readonly limits: Limits;
  /** Under `iam` the ARN of a role or of an account's root; under `lambda` an OAuth client's id; otherwise empty. */
  readonly principal: string;
  /** The models that it may call; `undefined`: all. */
  readonly models: readonly string[] | undefined;
  /** ARNs of the roles that may read the secret of its key. */
  readonly readers: readonly string[];
}

export type ClientSettings = Readonly<ReturnType<typeof readClientSettings>>;

const fields = ["name", "principal", "models", "readers", "rate", "burst", "quota", "quotaPeriod"];
// A stage has at most 100 variables: one for each client, and one that says that there is a list. With keys, each
// client also takes a usage plan, of which an account has 300 in a region, for all its stacks.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const mostClients = 99;

/** @param apis have the limits of the shared key, which a client's own replace one by one */
export function readClientSettings(read: SettingReader, apis: ApiSettings) {
  const listed = read.objects("clients", "name=acme");
  if (listed.length > mostClients)
    read.error("clients", `has more than ${mostClients} entries`, `pulumi config rm --path 'clients[${mostClients}]'`);
  const { keyRateLimit: rate, keyBurstLimit: burst, keyQuota: quota, keyQuotaPeriod: quotaPeriod } = apis;
  const limits = { rate, burst, quota, quotaPeriod };
  const clients: readonly ClientSetting[] = listed
    .slice(0, mostClients)
    .map((fields, index) => readClient(read, `clients[${index}]`, fields, limits));
  return { clients };
}

function readClient(
  read: SettingReader,
  at: string,
  client: Readonly<Record<string, unknown>>,
  limits: Limits,
): ClientSetting {
  for (const field of Object.keys(client)) {
    // A misspelt limit would be ignored.
    if (!fields.includes(field))
      read.error(`${at}.${field}`, "is not a field of a client", `pulumi config rm --path '${at}.${field}'`);
  }
  const wrong = (field: string, what: string, example: string) =>
    read.error(`${at}.${field}`, what, setPath(`${at}.${field}`, example));
  const number = (field: string, most: number, fallback: number): number => {
    const value = Number(client[field] ?? fallback);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    wrong(field, `is not a whole number from 1 to ${most}`, String(fallback));
    return fallback;
  };
  const text = (field: string): string => String(client[field] ?? "");
  const name = text("name");
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name) || name === "unlisted")
    wrong(
      "name",
      "is not 1 to 32 lower-case letters, digits and hyphens that begin with a letter, or is the reserved name unlisted",
      "acme",
    );
  const list = (field: string, pattern: RegExp, what: string, example: string): string[] => {
    const value = client[field] === undefined ? [] : client[field];
    const at = Array.isArray(value) ? value.findIndex((one) => !pattern.test(String(one))) : 0;
    if (at >= 0) wrong(`${field}[${at}]`, `is not ${what}`, example);
    return at >= 0 ? [] : (value as unknown[]).map(String);
  };
  const models = list("models", modelName, "a model's name", "mymodel");
  // An empty list would mean no model at all, and is more likely a mistake.
  if (Array.isArray(client["models"]) && client["models"].length === 0)
    wrong(
      "models[0]",
      "is missing: the list is empty; leave `models` out to let the client call every model",
      "mymodel",
    );
  const period = client["quotaPeriod"] ?? limits.quotaPeriod;
  if (!quotaPeriods.some((known) => known === period))
    wrong("quotaPeriod", `is not one of ${quotaPeriods.join(", ")}`, "DAY");
  return {
    name,
    principal: text("principal"),
    models: client["models"] === undefined ? undefined : models,
    readers: list("readers", readerArn, "a role's ARN", exampleReader),
    limits: {
      rate: number("rate", 10_000, limits.rate),
      burst: number("burst", 5_000, limits.burst),
      quota: number("quota", 2_147_483_647, limits.quota),
      quotaPeriod: period as Limits["quotaPeriod"],
    },
  };
}
