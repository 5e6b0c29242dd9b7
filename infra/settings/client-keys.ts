// Where the API keys of the REST API's clients come from, how the rotation tests a new one, and checks of the settings
// that only have an effect with keys: limits, and the readers of the secrets that hold the keys.

import type { rotationTests } from "../../contract";
import type { ApiSettings } from "./api-settings";
import type { ClientSettings } from "./client-settings";
import type { FirewallSettings } from "./firewall-settings";
import { areTooLong, longestReaders, type SecretSettings } from "./secret-settings";
import { type SettingReader, setPath } from "./setting-reader";

/**
 * Where a client's API keys come from: `own`, created with the stack; `rotated`, created by the rotation; `none`, the
 * API requires no key.
 */
export type ClientKeys = "own" | "rotated" | "none";

export type RotationTest = (typeof rotationTests)[number];

export type KeySettings = Pick<ApiSettings, "apiGatewayAuth" | "apiGatewayKeyRequired" | "keyQuota"> &
  Pick<SecretSettings, "secrets" | "secretReaders"> &
  Pick<FirewallSettings, "allowedNetworks" | "allowedCountries"> &
  ClientSettings;

const limitFields = ["rate", "burst", "quota", "quotaPeriod"];

/** Minimum quota in requests: the rotation tests a new key with six calls or a few more, which count towards it. */
const leastQuota = 20;

/**
 * Where clients' API keys come from. With the module `secrets` the rotation creates them, so that no key is in the
 * state.
 */
export function clientKeys({
  apiGatewayAuth,
  apiGatewayKeyRequired,
  secrets,
}: Pick<KeySettings, "apiGatewayAuth" | "apiGatewayKeyRequired" | "secrets">): ClientKeys {
  if (apiGatewayAuth !== "apiKey" && !apiGatewayKeyRequired) return "none";
  return secrets ? "rotated" : "own";
}

/**
 * How the rotation can test a new key. It cannot call the API if a token is required, since it has none, or if only
 * some networks or countries may call, since it calls from Lambda's own addresses.
 */
export function rotationTestOf({
  apiGatewayAuth,
  allowedNetworks,
  allowedCountries,
}: Pick<KeySettings, "apiGatewayAuth" | "allowedNetworks" | "allowedCountries">): RotationTest {
  if (allowedNetworks.length > 0 || allowedCountries.length > 0) return "plan";
  switch (apiGatewayAuth) {
    case "apiKey":
      return "call";
    case "iam":
      return "signed";
    case "cognito":
    case "lambda":
      return "plan";
  }
}

/**
 * Adds an error for each limit without effect, each reader without a secret to read or with access to all clients'
 * secrets, and each quota that the rotation's test calls would exhaust.
 */
export function checkClientKeys(settings: KeySettings, read: SettingReader): void {
  const keys = clientKeys(settings);
  if (keys === "none") rejectLimits(read);
  checkReaders(settings, keys, read);
  if (keys === "rotated") checkQuotas(settings, read);
}

/** Limits belong to a usage plan, which recognises callers by their API keys: without keys they have no effect. */
function rejectLimits(read: SettingReader): void {
  read.objects("clients", "name=acme").forEach((client, index) => {
    const field = limitFields.find((name) => name in client);
    if (field === undefined) return;
    const why = "needs an API key of the client's own, and no API key is asked for";
    read.error(`clients[${index}].${field}`, why, "pulumi config set apiGatewayKeyRequired true");
  });
}

/** Each client's secret has its own readers; nobody may read the secrets of all clients. */
function checkReaders({ clients, secretReaders }: KeySettings, keys: ClientKeys, read: SettingReader): void {
  clients.forEach(({ readers }, index) => {
    if (areTooLong(readers))
      read.error(
        `clients[${index}].readers`,
        `have more than ${longestReaders} characters together`,
        `pulumi config rm --path 'clients[${index}].readers[${readers.length - 1}]'`,
      );
    if (readers.length === 0 || keys === "rotated") return;
    const [why, cure] =
      keys === "own"
        ? ["name who may read a secret, but the client's key is not kept in a secret", "pulumi config set secrets true"]
        : [
            "name who may read a secret, but the API requires no API key",
            "pulumi config set apiGatewayKeyRequired true",
          ];
    read.error(`clients[${index}].readers`, why, cure);
  });
  if (clients.length > 0 && keys === "rotated" && secretReaders.length > 0)
    read.error(
      "secretReaders",
      "would be able to read every client's secret: list each client's own readers in clients[0].readers",
      "pulumi config rm secretReaders",
    );
}

/** If the rotation tests a new key by calling the API, those calls count towards the client's quota. */
function checkQuotas(settings: KeySettings, read: SettingReader): void {
  if (rotationTestOf(settings) === "plan") return;
  const { clients, keyQuota } = settings;
  const what = `is less than ${leastQuota}: the rotation tries each new key with a few calls, which count`;
  if (clients.length === 0 && keyQuota < leastQuota) read.invalid("keyQuota", what, String(leastQuota));
  clients.forEach(({ limits }, index) => {
    if (limits.quota >= leastQuota) return;
    read.error(`clients[${index}].quota`, what, setPath(`clients[${index}].quota`, String(leastQuota)));
  });
}
