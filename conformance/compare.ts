// What of an answer is not as a conformance case expects, one line each.

import type { Case } from "./case";
import { matches, matchesJson, type Names } from "./masks";

export interface Answer {
  readonly status: number;
  /** Pairs as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** What the function got; undefined: it was not called, or that is not known. */
  readonly event?: unknown;
  /** Whether the function was called; undefined: not known. */
  readonly invoked?: boolean;
}

/** @param names facts of the API that answered */
export function differences({ expect }: Pick<Case, "expect">, answer: Answer, names: Names): string[] {
  const found: string[] = [];
  const differs = (what: string, wanted: unknown, got: unknown) => {
    found.push(`${what}: AWS ${JSON.stringify(wanted)}, here ${JSON.stringify(got)}`);
  };
  if (expect.status !== undefined && expect.status !== answer.status) differs("status", expect.status, answer.status);
  for (const [name, wanted] of Object.entries(expect.headers ?? {})) {
    const got = answer.headers.filter(([own]) => own.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
    if (wanted === null ? got.length > 0 : got.length === 0 || !matches(wanted, got.join(", "), names))
      differs(`header ${name}`, wanted, got.length === 0 ? null : got.join(", "));
  }
  if (expect.body !== undefined) {
    const text = answer.body.toString();
    if (typeof expect.body === "string") {
      if (!matches(expect.body, text, names)) differs("body", expect.body, text.slice(0, 500));
    } else if ("base64" in expect.body) {
      if (expect.body.base64 !== answer.body.toString("base64"))
        differs("body", expect.body.base64, answer.body.toString("base64").slice(0, 500));
    } else if (!matchesJson(expect.body.json, parsed(text), names))
      differs("body", expect.body.json, text.slice(0, 500));
  }
  if (expect.invoked !== undefined && answer.invoked !== undefined && expect.invoked !== answer.invoked)
    differs("function called", expect.invoked, answer.invoked);
  for (const [path, wanted] of Object.entries(expect.event ?? {})) {
    const got = at(answer.event, path);
    if (wanted === "<absent>" ? got !== undefined : !matchesJson(wanted, got, names))
      differs(`event.${path}`, wanted, got);
  }
  return found;
}

/** The value at a dot path; a name may itself hold dots or dashes if no shorter one exists. */
function at(value: unknown, path: string): unknown {
  if (path === "") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const parts = path.split(".");
  for (let length = parts.length; length > 0; length--) {
    const key = parts.slice(0, length).join(".");
    if (Object.hasOwn(value, key)) return at((value as Record<string, unknown>)[key], parts.slice(length).join("."));
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
