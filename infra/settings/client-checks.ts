// Checks the listed clients against one another and against the API's authorization: what AWS would refuse or silently
// ignore is found before anything is deployed.

import { partitionOf } from "../../contract";
import type { ApiSettings } from "./api-settings";
import { checkClientKeys, clientKeys, type KeySettings } from "./client-keys";
import type { ClientSetting } from "./client-settings";
import { userError } from "../base/user-error";
import { type SettingReader, setPath } from "./setting-reader";
import type { StackSettings } from "./stack-settings";

type Checked = KeySettings & Pick<ApiSettings, "apiGateway"> & Pick<StackSettings, "awsRegion">;

/**
 * ARN of a role, or of the root that stands for a whole account; captures the partition. Only characters that a stage
 * variable can hold.
 */
const arn = /^arn:(aws[a-z-]*):iam::\d{12}:(root|role\/[\w./-]{1,160})$/;
const oauthClient = /^[\w.~:/-]{1,160}$/;

/** Maximum characters of a stage variable's value, which holds a client's list entry. */
const longestVariable = 512;

/** Adds an error for each client that could not be told from another, or whose settings would not take effect. */
export function checkClients(settings: Checked, read: SettingReader): void {
  if (!settings.apiGateway) return;
  const { clients } = settings;
  clients.forEach((client, index) => {
    const at = `clients[${index}]`;
    const path = (field: string, value: string) => setPath(`${at}.${field}`, value);
    const earlier = clients.slice(0, index);
    if (earlier.some(({ name }) => name === client.name))
      read.error(`${at}.name`, "is also used by another client", path("name", `client-${index + 1}`));
    checkPrincipal(client, settings, at, read);
    if (client.principal !== "" && earlier.some(({ principal }) => principal === client.principal))
      read.error(`${at}.principal`, "is also used by another client", path("principal", "<another>"));
    const key = clientKeys(settings) === "rotated" ? `keyPrefix=${client.name}_` : "key=0123456789";
    const variable = `${key}&principal=${client.principal}&models=${client.models?.join(",") ?? ""}`;
    if (variable.length > longestVariable)
      read.error(
        `${at}.models`,
        `are too many: their names and the principal have at most ${longestVariable - 32} characters together`,
        `pulumi config rm --path '${at}.models'`,
      );
  });
  checkClientKeys(settings, read);
}

function checkPrincipal(
  { principal }: ClientSetting,
  { apiGatewayAuth: auth, awsRegion }: Checked,
  at: string,
  read: SettingReader,
): void {
  const command = `pulumi config set --path '${at}.principal'`;
  const partition = partitionOf(awsRegion);
  if (auth === "iam" && arn.exec(principal)?.[1] !== partition)
    read.error(
      `${at}.principal`,
      "is not the ARN of a role or an account's root, by which apiGatewayAuth iam identifies a client",
      `${command} arn:${partition}:iam::123456789012:role/caller`,
    );
  if (auth === "lambda" && !oauthClient.test(principal))
    read.error(
      `${at}.principal`,
      "is not the id of an OAuth client, by which apiGatewayAuth lambda identifies a client",
      `${command} <client id>`,
    );
  if ((auth === "apiKey" || auth === "cognito") && principal !== "")
    read.error(
      `${at}.principal`,
      `has no effect under apiGatewayAuth ${auth}, which gives each client a credential of its own`,
      `pulumi config rm --path '${at}.principal'`,
    );
}

/**
 * Rejects a client that lists a model which is not deployed: the client could not call it, and the name is probably
 * misspelt.
 * @throws pulumi.RunError naming the first such entry
 */
export function requireModels(clients: readonly ClientSetting[], names: readonly string[], folder: string): void {
  const index = clients.findIndex(({ models }) => models?.some((name) => !names.includes(name)));
  if (index < 0) return;
  const at = clients[index]!.models!.findIndex((name) => !names.includes(name));
  throw userError(
    `clients[${index}].models: names a model that is not in ${folder}: pulumi config set --path 'clients[${index}].models[${at}]' ${names[0]}`,
  );
}
