// The weaker variants of a value: a resource's inputs, or a part of them.

import { statementVariants } from "./statements";
import { foreign, isService, otherService, type Plain, type Variant, within, without } from "./variant";

/** Whatever a value stands in: each part of it in turn deleted, and weakened. @param names by which resources refer to one another */
export function* variants(value: unknown, names: ReadonlySet<string>): Generator<Variant> {
  if (typeof value === "string") {
    const inner = parsed(value);
    if (inner === undefined) yield* textVariants(value, names);
    else for (const one of variants(inner, names)) yield { ...one, value: JSON.stringify(one.value) };
  } else if (typeof value === "boolean") {
    yield { path: [], kind: "flipped", value: !value };
  } else if (typeof value === "number") {
    yield { path: [], kind: "raised", value: value === 0 ? 1000 : value * 1000 };
    if (value !== 0) yield { path: [], kind: "zero", value: 0 };
  } else if (Array.isArray(value)) {
    yield* listVariants(value, names);
  } else if (isObject(value)) {
    if ("archive" in value) return; // Content, not a setting.
    if ("asset" in value) yield* assetVariants(value, names);
    else if (isStatement(value)) yield* statementVariants(value);
    else yield* objectVariants(value, names);
  }
}

/** The text of an asset is a setting if it is JSON: a pipeline's definition. */
function* assetVariants(value: Plain, names: ReadonlySet<string>): Generator<Variant> {
  const text = (value.asset as Plain).text;
  if (typeof text !== "string" || parsed(text) === undefined) return;
  for (const one of variants(text, names)) yield { ...one, value: { asset: { text: one.value } } };
}

function* objectVariants(value: Plain, names: ReadonlySet<string>): Generator<Variant> {
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue;
    // What is off, and is no longer said, stays off where off is the default.
    yield { path: [key], kind: part === false ? "unset" : "deleted", value: without(value, key) };
    if (key === "fromPort" || key === "toPort")
      yield { path: [key], kind: "ports", value: { ...value, fromPort: 0, toPort: 65535 } };
    else for (const one of variants(part, names)) yield within(value, key, one);
  }
}

function* listVariants(value: readonly unknown[], names: ReadonlySet<string>): Generator<Variant> {
  if (value.length > 0 && value.every((item) => !isObject(item))) yield { path: [], kind: "emptied", value: [] };
  for (const [index, item] of value.entries()) {
    const put = (...items: unknown[]) => [...value.slice(0, index), ...items, ...value.slice(index + 1)];
    // An Allow that is gone allows less.
    if (!(isStatement(item) && item.Effect === "Allow") && value.length + Number(isObject(item)) > 1)
      yield { path: [String(index)], kind: "deleted", value: put() };
    for (const one of variants(item, names))
      yield { path: [String(index), ...one.path], kind: one.kind, value: put(one.value) };
  }
}

/** Words of APIs → a weaker one. */
const weaker: Readonly<Record<string, string>> = {
  Enabled: "Suspended",
  enabled: "disabled",
  ENABLED: "DISABLED",
  Active: "PassThrough",
  BucketOwnerEnforced: "ObjectWriter",
  "aws:kms": "AES256",
  awsSigv4: "none",
  aws_iam: "none",
  AWS_IAM: "NONE",
  NONE: "ALL",
  request: "none",
  cognito_user_pools: "none",
  jwt: "none",
  RS256: "HS256",
  HSM: "SOFTWARE",
  client_credentials: "password",
  ENFORCED: "OFF",
  ERROR: "OFF",
  ALL: "ACCEPT",
  REGIONAL: "EDGE",
  BLOCK: "COUNT",
  CONTINUE: "MATCH",
  Deny: "Allow",
};

function* textVariants(value: string, names: ReadonlySet<string>): Generator<Variant> {
  const changed = new Map<string, string>();
  if (/\b\d{12}\b/.test(value)) changed.set("account", foreign(value));
  if (/^https:\/\//.test(value)) {
    changed.set("plain", value.replace("https:", "http:"));
    changed.set("host", value.replace(/^https:\/\/[^/:]+/, "https://attacker.example.net"));
  }
  if (/^[\d.]+\/\d+$/.test(value)) changed.set("network", "0.0.0.0/0");
  if (/^(TLS_|SecurityPolicy_)/.test(value)) changed.set("weaker", "TLS_1_0");
  else if (weaker[value] !== undefined) changed.set("weaker", weaker[value]);
  if (isService(value)) changed.set("service", otherService);
  if (names.has(value) && !changed.has("account")) changed.set("reference", `another-${value}`);
  for (const [kind, text] of changed) if (text !== value) yield { path: [], kind, value: text };
}

/** The value of JSON text that is an object or a list. */
function parsed(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Plain {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isStatement(value: unknown): value is Plain {
  return isObject(value) && "Effect" in value && ("Action" in value || "NotAction" in value);
}
