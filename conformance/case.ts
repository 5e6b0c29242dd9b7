// One case of conformance: a request to an API or a function, and what AWS answered. Facts in a data form of our own, each
// with its source, in conformance/cases/<api>/<area>.json; CONTRIBUTING.md says how to add one.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const casesFolder = join(__dirname, "cases");

/** How well a fact is known: an answer recorded on AWS by a suite that validates there, a reported measurement, AWS's documents, a thread. */
export const grades = ["recorded", "measured", "documented", "thread"] as const;
export type Grade = (typeof grades)[number];

export const apiKinds = ["rest", "http", "lambda", "create-rest", "create-http"] as const;
export type ApiKind = (typeof apiKinds)[number];

export interface Evidence {
  readonly grade: Grade;
  /** https URL of the page, file or thread that shows the answer. */
  readonly source: string;
  /** When it was recorded or written, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; `read YYYY-MM` if only that is known. */
  readonly date: string;
  readonly note?: string;
}

/** A named handler with its parameters; what each kind does is in test/local/conformance/handlers.ts. */
export type Handler =
  | { readonly kind: "echo" | "undefined" | "callback" | "not-exported" | "syntax-error" | "missing-module" }
  | { readonly kind: "returns"; readonly what: "bigint" | "circular" | "map" }
  | { readonly kind: "throws-value"; readonly value?: unknown }
  | { readonly kind: "large"; readonly bytes: number }
  | { readonly kind: "answers"; readonly value: unknown }
  | { readonly kind: "throws"; readonly message: string; readonly name?: string }
  | { readonly kind: "exits"; readonly code: number }
  | { readonly kind: "sleeps"; readonly ms: number }
  | {
      readonly kind: "authorizer";
      readonly effect?: string;
      readonly resource?: string;
      readonly context?: unknown;
      readonly principalId?: string;
      readonly usageIdentifierKey?: string;
      readonly simple?: boolean;
    };

export interface Setup {
  /** `test` by default. */
  readonly stage?: string;
  /** Open routes; instead of `document`. */
  readonly routes?: readonly { readonly method: string; readonly path: string; readonly handler: string }[];
  /** OpenAPI 3.0 with AWS's extensions; a function is written as `lambda:<key of handlers>`. */
  readonly document?: Readonly<Record<string, unknown>>;
  readonly handlers?: Readonly<Record<string, Handler>>;
  readonly binaryMediaTypes?: readonly string[];
  readonly keys?: readonly {
    readonly name: string;
    readonly value: string;
    readonly enabled?: boolean;
    readonly plan?: {
      readonly rate?: number;
      readonly burst?: number;
      readonly quota?: number;
      readonly period?: string;
    };
  }[];
  readonly throttle?: { readonly rate: number; readonly burst: number };
  /** IAM users by name, with the ARNs that their policy lets them invoke. */
  readonly principals?: Readonly<
    Record<string, { readonly allow?: readonly string[]; readonly deny?: readonly string[] }>
  >;
  readonly cors?: Readonly<Record<string, unknown>>;
}

export interface Request {
  readonly method?: string;
  /** Path and query as sent, after the stage. */
  readonly path?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | { readonly base64: string } | { readonly bytes: number };
  readonly signedBy?: string | { readonly as: string; readonly fault: string };
  /** Sent as `Authorization: Bearer`, or where a path or header says `<token>`; claims are set on top, null removes one. */
  readonly token?: {
    readonly kind: string;
    readonly scope?: string;
    readonly claims?: Readonly<Record<string, unknown>>;
  };
  readonly payload?: unknown;
  readonly payloadText?: string;
  /** A JSON text of so many bytes. */
  readonly payloadBytes?: number;
  /** Name of a function that does not exist. */
  readonly function?: string;
  readonly invocationType?: string;
  readonly qualifier?: string;
}

export interface Expected {
  readonly status?: number;
  /** Exact values by case-insensitive name; null: absent. Headers that are not named are not compared. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string | { readonly json: unknown } | { readonly base64: string };
  /** Dot paths into the event that the function got; `<absent>`: the field does not exist. */
  readonly event?: Readonly<Record<string, unknown>>;
  readonly invoked?: boolean;
  /** Whether AWS takes the API: for the kinds create-rest and create-http. */
  readonly created?: boolean;
  readonly message?: string;
}

export interface Case {
  readonly name: string;
  readonly api: ApiKind;
  /** Type of the endpoint that it was recorded on; null: not known, or it does not matter. */
  readonly endpoint: "REGIONAL" | "EDGE" | "PRIVATE" | null;
  readonly evidence: Evidence;
  readonly setup: Setup;
  /** Requests before this one on the same API, whose answers do not matter. */
  readonly before?: readonly { readonly request: Request }[];
  readonly request?: Request;
  readonly expect: Expected;
  /** Why the local run answers otherwise on purpose. The tests fail once it no longer does. */
  readonly differs?: string;
}

export interface Area {
  /** `<api>/<area>`: the file below conformance/cases, without the extension. */
  readonly file: string;
  readonly area: string;
  readonly cases: readonly Case[];
}

/** @throws Error naming the file and the case, if one is not in this form */
export function readAreas(folder = casesFolder): Area[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => {
      const { area, cases } = JSON.parse(readFileSync(join(folder, name), "utf8")) as Omit<Area, "file">;
      const names = new Set<string>();
      for (const each of cases) {
        const wrong = errorOf(each) ?? (names.has(each.name) ? "another case has the same name" : undefined);
        if (wrong !== undefined) throw new Error(`conformance/cases/${name}: ${each.name}: ${wrong}`);
        names.add(each.name);
      }
      return { file: name.replace(/\.json$/, ""), area, cases };
    });
}

const handlerKinds = [
  ...["echo", "undefined", "callback", "not-exported", "syntax-error", "missing-module", "returns", "throws-value"],
  ...["large", "answers", "throws", "exits", "sleeps", "authorizer"],
];

const fields = ["name", "api", "endpoint", "evidence", "setup", "before", "request", "expect", "differs"];

/** What is wrong with a case's form; undefined if nothing is. */
function errorOf(each: Case): string | undefined {
  const unknown = Object.keys(each).find((key) => !fields.includes(key));
  if (unknown !== undefined) return `${unknown}: no such field`;
  const { api, evidence, expect, setup, differs } = each;
  if (!apiKinds.includes(api)) return `api: must be one of ${apiKinds.join(", ")}`;
  if (!grades.includes(evidence.grade)) return `evidence.grade: must be one of ${grades.join(", ")}`;
  if (!/^https:\/\/\S+$/.test(evidence.source)) return "evidence.source: must be an https URL";
  if (!/^(read )?\d{4}(-\d\d(-\d\d)?)?$/.test(evidence.date))
    return "evidence.date: must be YYYY, YYYY-MM or YYYY-MM-DD";
  if (differs !== undefined && differs.trim() === "") return "differs: must give the reason";
  if (Object.keys(expect).length === 0) return "expect: must state something";
  const strange = Object.values(setup.handlers ?? {}).find(({ kind }) => !handlerKinds.includes(kind));
  if (strange !== undefined) return `setup.handlers: no kind ${strange.kind}`;
  if (api.startsWith("create-")) return typeof expect.created === "boolean" ? undefined : "expect.created: is missing";
  if (each.request === undefined) return "request: is missing";
  if (api !== "lambda" && (setup.routes === undefined) === (setup.document === undefined))
    return "setup: needs routes or a document";
  return undefined;
}
