// Checks and converts the values of the providers' settings, which Pulumi hands over as text: a structure as JSON. Pure.

import { endpointNames, type Form } from "./provider-keys";

/** What is wrong, and a value that would do. With `path`, the value of a part: `[0]`, `.tags.owner`. */
export interface InvalidValue {
  readonly what: string;
  readonly example: string;
  readonly path?: string;
}

export interface Value {
  readonly value?: unknown;
  readonly wrong?: InvalidValue;
}

/** Tags and labels that the program itself sets on everything. */
export const ownTags = ["project", "stack", "managed-by"] as const;
/**
 * An object in S3 has ten tags at most, of which three are the program's own.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
const mostTags = 10 - ownTags.length;
const anyAddress = /^https:\/\/[^\s/@?#]+(\/[^\s@?#]*)?$/;
/** Plain http only on this machine, where emulators of AWS listen. */
const localAddress = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\/?$/;
const metadataAddress = /^http:\/\/(169\.254\.169\.254|\[fd00:ec2::254\])\/?$/;

export function valueOf(text: string, form: Form): Value {
  if (typeof form !== "string") return structure(parsed(text), form);
  switch (form) {
    case "text":
      return text.trim() === "" ? wrong("is empty", "<value>") : { value: text };
    case "boolean":
      return /^(true|false)$/.test(text) ? { value: text === "true" } : wrong("is neither true nor false", "true");
    case "integer":
      return /^\d{1,9}$/.test(text) ? { value: Number(text) } : wrong("is not a whole number", "5");
    case "proxy":
      return /^https?:\/\/[^\s@]+$/.test(text)
        ? { value: text }
        : wrong(
            "is not a URL without user and password (for those, export HTTPS_PROXY)",
            "http://proxy.example.com:3128",
          );
    case "address":
      return anyAddress.test(text) || localAddress.test(text) || metadataAddress.test(text)
        ? { value: text }
        : wrong("is not an https URL", "https://<host>");
    case "texts":
    case "accounts":
      return list(text, form === "accounts");
    case "endpoints":
      return endpoints(parsed(text));
    case "tags":
      return defaultTags(field(parsed(text), "tags"));
    case "labels":
      return labels(parsed(text));
  }
}

function wrong(what: string, example: string, path?: string): Value {
  return { wrong: { what, example, ...(path === undefined ? {} : { path }) } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Numbers become text: `pulumi config set --path` stores an account's number as one. */
function list(text: string, accounts: boolean): Value {
  const found = parsed(text);
  const items = Array.isArray(found) && found.length > 0 ? found.map(String) : [""];
  const at = items.findIndex((item) => !(accounts ? /^\d{12}$/ : /\S/).test(item));
  if (at < 0) return { value: items };
  const what = accounts ? "is not a list of account ids, each of twelve digits" : "is not a list of texts";
  return wrong(what, accounts ? "123456789012" : "<value>", `[${at}]`);
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function structure(
  found: unknown,
  form: { readonly object: readonly string[] } | { readonly objects: readonly string[] },
): Value {
  const many = "objects" in form;
  const known = many ? form.objects : form.object;
  const items = many ? found : [found];
  const path = (field: string) => (many ? `[0].${field}` : `.${field}`);
  if (!Array.isArray(items) || items.length === 0 || !items.every(isObject))
    return wrong(
      `is not ${many ? "a list of objects" : "an object"}`,
      "<value>",
      path(known.includes("roleArn") ? "roleArn" : known[0]!),
    );
  const strange = items.flatMap((item) => Object.keys(item)).find((field) => !known.includes(field));
  if (strange !== undefined)
    return wrong(`has a field that is none of ${known.join(", ")}`, "<value>", path(known[0]!));
  const roles = items.map(({ roleArn }) => roleArn);
  if (known.includes("roleArn") && !roles.every((role) => /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(String(role))))
    return wrong("has no role's ARN", "arn:aws:iam::123456789012:role/deploy", path("roleArn"));
  return { value: found };
}

function endpoints(found: unknown): Value {
  const items = Array.isArray(found) ? (found as unknown[]) : [];
  if (items.length === 0 || !items.every(isObject))
    return wrong("is not a list of objects, service to URL", "http://localhost:4566", "[0].s3");
  for (const [service, address] of items.flatMap((item) => Object.entries(item))) {
    if (!endpointNames.includes(service))
      return wrong(
        `names a service that this stack does not call, or not by that name (${endpointNames.join(", ")})`,
        "http://localhost:4566",
        "[0].s3",
      );
    if (!anyAddress.test(String(address)) && !localAddress.test(String(address)))
      return wrong(
        "has an address that is neither an https URL nor on this machine",
        "http://localhost:4566",
        `[0].${service}`,
      );
  }
  return { value: found };
}

function field(found: unknown, name: string): unknown {
  return isObject(found) && Object.keys(found).every((key) => key === name) ? found[name] : undefined;
}

function defaultTags(found: unknown): Value {
  if (!isObject(found)) return wrong("is not an object with the one field tags", "<value>", ".tags.owner");
  const { value, wrong: fault } = tags(found, "aws:defaultTags.tags");
  return fault === undefined ? { value: { tags: value } } : { wrong: { ...fault, path: `.tags${fault.path}` } };
}

/**
 * @param setting where the tags are set, for the command that removes one
 * Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html (characters, lengths)
 */
export function tags(found: Readonly<Record<string, unknown>>, setting: string): Value {
  const example = (what: string) => wrong(what, "<value>", ".owner");
  const own = ownTags.find((key) => key in found);
  if (own !== undefined)
    return example(`sets ${own}, which the program sets itself (pulumi config rm --path '${setting}.${own}')`);
  if (Object.keys(found).length > mostTags)
    return example(`has more than ${mostTags} tags: objects in S3 take ten, with the program's three`);
  const entries = Object.entries(found).map(([key, value]) => [key, String(value)] as const);
  const plain = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;
  const fits = ([key, value]: readonly [string, string]) =>
    key.length >= 1 &&
    key.length <= 128 &&
    value.length <= 256 &&
    plain.test(key) &&
    plain.test(value) &&
    !/^aws:/i.test(key);
  return entries.every(fits)
    ? { value: Object.fromEntries(entries) }
    : example("has a key or a value that AWS does not take");
}

/** Source: https://cloud.google.com/resource-manager/docs/labels-overview (requirements for labels) */
function labels(found: unknown): Value {
  const example = (what: string) => wrong(what, "<value>", ".owner");
  if (!isObject(found)) return example("is not an object");
  const own = ownTags.find((key) => key in found);
  if (own !== undefined)
    return example(`sets ${own}, which the program sets itself (pulumi config rm --path 'gcp:defaultLabels.${own}')`);
  const entries = Object.entries(found).map(([key, value]) => [key, String(value)] as const);
  return entries.every(([key, value]) => /^[a-z][a-z0-9_-]{0,62}$/.test(key) && /^[a-z0-9_-]{0,63}$/.test(value))
    ? { value: Object.fromEntries(entries) }
    : example("has a key or a value that Google Cloud does not take: lower-case letters, digits, _ and -");
}
