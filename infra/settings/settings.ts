// The stack's settings: the only reader of pulumi.Config. Types and defaults are in Pulumi.yaml; the allowed values are
// defined by each module's reader. All errors are reported at once, each with the command that cures it.

import * as pulumi from "@pulumi/pulumi";
import { checkApis, readApiSettings } from "./api-settings";
import { checkClients } from "./client-checks";
import { readClientSettings } from "./client-settings";
import { checkDomains, readDomainSettings } from "./domain-settings";
import { checkFirewall, readFirewallSettings } from "./firewall-settings";
import { checkPhysicalNames } from "./name-rules";
import { readProviders } from "./provider-settings";
import { checkSecrets, readSecretSettings } from "./secret-settings";
import { SettingReader } from "./setting-reader";
import { checkAlarms, readStackSettings } from "./stack-settings";
import { checkTraining, readTrainingSettings } from "./training-settings";

/** Validated settings. Every key is declared in Pulumi.yaml under the same name, with its default and unit. */
export type Settings = Readonly<ReturnType<typeof readAll>>;

function readAll(read: SettingReader) {
  const apis = readApiSettings(read);
  const declared = {
    ...readStackSettings(read),
    ...apis,
    ...readClientSettings(read, apis),
    ...readFirewallSettings(read),
    ...readDomainSettings(read),
    ...readSecretSettings(read),
    ...readTrainingSettings(read),
  };
  read.rejectUnknown(Object.keys(declared));
  return {
    ...declared,
    /** Settings of Pulumi's own providers (`aws:profile` …), which Pulumi.yaml does not declare. */
    providers: readProviders(declared, read),
  };
}

/**
 * Reads and validates the stack's settings.
 * @throws pulumi.RunError with a line for each error: the key, what is wrong, and the command that cures it.
 */
export function readSettings(): Settings {
  const read = new SettingReader(new pulumi.Config());
  const settings = readAll(read);
  checkApis(settings, read);
  checkAlarms(settings, read);
  checkClients(settings, read);
  checkFirewall(settings, read);
  checkDomains(settings, read);
  checkSecrets(settings, read);
  checkTraining(settings, read);
  checkPhysicalNames(settings, read);
  read.throwErrors();
  return settings;
}
