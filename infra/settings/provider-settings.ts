// Reads the settings of Pulumi's own providers. Guarantees: each is either passed on to the stack's providers or an error with
// its cure; none is dropped silently, for a check against the wrong account that does nothing is worse than none.

import type { ProviderArgs as Auth0Args } from "@pulumi/auth0/provider";
import type { ProviderArgs as AwsArgs } from "@pulumi/aws/provider";
import type { ProviderArgs as GcpArgs } from "@pulumi/gcp/provider";
import { runtime } from "@pulumi/pulumi";
import {
  customEndpoint,
  type DecidingSetting,
  type Form,
  namespaces,
  type Unsupported,
  usedEndpoint,
} from "./provider-keys";
import { valueOf } from "./provider-values";
import { nearest, setCommand, type SettingReader, setPath } from "./setting-reader";

export interface Providers {
  readonly aws: Partial<AwsArgs>;
  readonly gcp: Partial<GcpArgs>;
  readonly auth0: Partial<Auth0Args>;
}

/** @param deciders values of this program's settings that a provider's may repeat, but not contradict */
export function readProviders(deciders: Readonly<Record<DecidingSetting, string>>, read: SettingReader): Providers {
  const passed: Record<string, Record<string, unknown>> = { aws: {}, awsx: {}, gcp: {}, auth0: {} };
  for (const [full, text] of Object.entries(runtime.allConfig())) {
    const [namespace = "", key = ""] = full.split(/:(.*)/s);
    if (!(namespace in namespaces)) continue;
    const { passed: forms, unsupported } = namespaces[namespace as keyof typeof namespaces];
    const form = own(forms, key) ?? (namespace === "gcp" && key === usedEndpoint ? "address" : undefined);
    const reason = own(unsupported, key);
    if (reason !== undefined) checkRefused(full, text, reason, deciders, read);
    else if (form === undefined)
      rejectUnknown(namespace, key, [...Object.keys(forms), ...Object.keys(unsupported)], read);
    else passed[namespace]![key] = value(full, text, form, read);
  }
  return passed as unknown as Providers;
}

function checkRefused(
  key: string,
  text: string,
  { why, instead, decider }: Unsupported,
  deciders: Readonly<Record<DecidingSetting, string>>,
  read: SettingReader,
): void {
  if (decider !== undefined && deciders[decider] === text) return;
  read.error(key, why, [`pulumi config rm ${key}`, ...(instead === undefined ? [] : [instead])].join(" && "));
}

function rejectUnknown(namespace: string, key: string, known: readonly string[], read: SettingReader): void {
  const near = nearest(key, known);
  const what =
    namespace === "gcp" && customEndpoint.test(key)
      ? `does nothing: of Google's services this stack calls Cloud KMS alone (gcp:${usedEndpoint})`
      : `is not a setting of the provider${near === undefined ? "" : `; did you mean ${namespace}:${near}?`}`;
  read.error(`${namespace}:${key}`, what, `pulumi config rm ${namespace}:${key}`);
}

function value(key: string, text: string, form: Form, read: SettingReader): unknown {
  const { wrong, value: found } = valueOf(text, form);
  if (wrong !== undefined)
    read.error(key, wrong.what, wrong.path === undefined ? setCommand(key, wrong.example) : inside(key, wrong));
  return found;
}

/** The command that sets a part of a structured setting. */
function inside(key: string, { path, example }: { readonly path?: string; readonly example: string }): string {
  return setPath(`${key}${path}`, example);
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
